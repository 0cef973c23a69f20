internal import Foundation
internal import Torch

/// Processes that end, hang or come apart.
enum Failures {
    static func otherOperation(_ group: ProcessGroup) throws(ProcessGroupError) {
        if group.rank == 0 {
            try group.sum([.zeros([3])])
        } else {
            try group.barrier()
        }
    }

    /// Process 0 goes backward through gathered rows, the others do not.
    static func otherBackward(_ group: ProcessGroup) throws(ProcessGroupError) {
        let rows = Tensor.ones([200, 3])
        rows.setRequiresGradient(true)
        let loss = try group.gathered(rows).sum()
        if group.rank == 0 {
            try group.backward(loss)
        } else {
            try group.barrier()
        }
    }

    static func leave(_ group: ProcessGroup) throws(ProcessGroupError) {
        try group.barrier()
        group.leave()
        try group.barrier()
    }

    /// The last process is killed in the middle of a run.
    static func killedBetween(_ group: ProcessGroup) throws(ProcessGroupError) {
        for step in 0..<1000 {
            if step == 3, group.rank == group.size - 1 { kill(getpid(), SIGKILL) }
            try group.sum([.ones([1000])])
            report("step", [step])
        }
    }

    static func killedBeforeBackward(_ group: ProcessGroup) throws(ProcessGroupError) {
        let rows = Tensor.ones([2, 3])
        rows.setRequiresGradient(true)
        let loss = try group.gathered(rows).sum()
        if group.rank == group.size - 1 { kill(getpid(), SIGKILL) }
        try group.backward(loss)
    }

    /// The last process stops and holds its connections open.
    static func stopped(_ group: ProcessGroup) throws(ProcessGroupError) {
        try group.barrier()
        if group.rank == group.size - 1 {
            kill(getpid(), SIGSTOP)
            // Another thread may take the signal, and this one would meet the others once more before it stops.
            while true { sleep(1) }
        }
        try group.barrier()
    }
}
