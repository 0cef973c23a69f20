internal import Foundation
internal import Torch

/// What a process does with the others.
enum Scenario: String {
    case sum
    case broadcast
    case contrast
    case gatherTypes
    case bytes
    case barrier
    case sameText
    case otherText
    case otherLines
    case otherOperation
    case otherShapes
    case otherBackward
    case partialGradients
    case otherParameters
    case leave
    case killedBetween
    case killedBeforeBackward
    case stopped

    func run(_ group: ProcessGroup) throws(ProcessGroupError) {
        switch self {
        case .sum: try Collectives.sum(group)
        case .broadcast: try Collectives.broadcast(group)
        case .contrast:
            for rows in [7, 3] { try Gathering.contrast(group, rows: rows) }
        case .gatherTypes: try Gathering.types(group)
        case .bytes: try Collectives.bytes(group)
        case .barrier: try group.barrier()
        case .sameText: try group.verifySame("abc", "the recipe")
        case .otherText: try group.verifySame(group.rank == group.size - 1 ? "xyz" : "abc", "the recipe")
        case .otherLines:
            try group.verifySame(group.rank == 0 ? "run:\n  seed: 1\nend" : "run:\n  seed: 2\nend", "the recipe")
        case .otherOperation: try Failures.otherOperation(group)
        case .otherShapes: try group.sum([.zeros([group.rank + 1])])
        case .otherBackward: try Failures.otherBackward(group)
        case .partialGradients: try Gradients.partial(group)
        case .otherParameters: try Gradients.otherParameters(group)
        case .leave: try Failures.leave(group)
        case .killedBetween: try Failures.killedBetween(group)
        case .killedBeforeBackward: try Failures.killedBeforeBackward(group)
        case .stopped: try Failures.stopped(group)
        }
    }
}
