internal import CTorch
internal import Synchronization

/// The processes of one run, which add, hand round and gather tensors and bytes.
///
/// All processes call the same operations in the same order; each operation begins with a short message that says which
/// it is, so that processes that have come apart fail with an error instead of waiting or mixing numbers. Tensors of
/// processors travel by Gloo, those of NVIDIA GPUs by NCCL where Verb was built with it and otherwise through memory.
///
/// **Gradients.** The loss of a process is its share of the whole loss: the shares add up to the loss that one process
/// with all clips has. Gradients of parameters are then the sums over processes (`TrainedParameters.sumGradients`).
///
/// Threads: operations on the LibTorch thread, which they block; leaving from any.
public final class ProcessGroup: Sendable {
    /// The group of a single process, whose operations change nothing.
    public static let alone = ProcessGroup(rank: 0, size: 1, timeout: 0, link: nil)

    /// This process, from 0.
    public let rank: Int
    /// The number of processes.
    public let size: Int
    /// The longest wait for the others, in seconds.
    let timeout: Double
    private let link: Mutex<GroupLink?>

    private init(rank: Int, size: Int, timeout: Double, link: GroupLink?) {
        self.rank = rank
        self.size = size
        self.timeout = timeout
        self.link = Mutex(link)
    }

    /// Meets the other processes and is connected with each.
    ///
    /// - Parameters:
    ///   - launch: which process of how many this is, and where they meet.
    ///   - timeout: the longest wait, for the others to come and in every operation later; more than the longest time
    ///     that one process may compute while others wait.
    /// - Returns: the group.
    /// - Throws: `ProcessGroupError.join` saying who has not come, or what the processes do not agree on.
    public static func join(
        _ launch: LaunchEnvironment, timeout: Duration = .seconds(600)
    ) throws(ProcessGroupError) -> ProcessGroup {
        try join(launch, timeout: timeout) { _ in }
    }

    /// Meets the other processes; `listening` is told the port as soon as others can come.
    package static func join(
        _ launch: LaunchEnvironment, timeout: Duration, listening: (Int) -> Void
    ) throws(ProcessGroupError) -> ProcessGroup {
        check((0..<launch.size).contains(launch.rank), "join: process \(launch.rank) of \(launch.size)")
        if launch.size == 1 { return alone }
        let milliseconds = max(1, Int64(timeout / .milliseconds(1)))
        let rendezvous = try Rendezvous(launch, milliseconds: milliseconds)
        listening(rendezvous.port)
        try rendezvous.waitForAll()
        let group = ct_group_new(rendezvous.handle, Int32(launch.rank), Int32(launch.size), milliseconds)
        guard let group else {
            throw rendezvous.failure(
                "the processes cannot reach one another; GLOO_SOCKET_IFNAME names the network interface to use "
                    + "(\(ProcessGroupError.firstLine(of: lastError)))")
        }
        let joined = ProcessGroup(
            rank: launch.rank, size: launch.size, timeout: Double(milliseconds) / 1000, link: GroupLink(group))
        try joined.barrier()  // nobody needs the store any more, so that rank 0 may end first
        return joined
    }

    /// Closes the connections without waiting for anybody.
    ///
    /// Operations fail from then on, in this process and in those that still wait for it. A group that is let go leaves
    /// by itself.
    public func leave() { link.withLock { $0 = nil } }

    /// What operations need; nil for a single process.
    func connection(for operation: String) throws(ProcessGroupError) -> GroupLink? {
        if size == 1 { return nil }
        guard let link = link.withLock({ $0 }) else { throw .left(operation: operation) }
        return link
    }

    /// LibTorch's last words as an error.
    func failure(_ operation: String, detail: String = lastError) -> ProcessGroupError {
        ProcessGroupError(operation, rank: rank, size: size, timeout: timeout, detail: detail)
    }
}

// @unchecked Sendable: the handle is immutable, operations run on the LibTorch thread, and c10d's groups may be released
// on any.

/// Owns the connections of a group.
final class GroupLink: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { ct_group_free(handle) }

    /// The place where a tensor must lie to be sent.
    func place(for device: Device) -> Device { ct_group_carries(handle, device.kind) ? device : .cpu }
}
