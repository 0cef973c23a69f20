internal import CTorch

// @unchecked Sendable: the handle is immutable; c10d's stores may be used and released on any thread.

/// The place where processes meet before they are connected with one another: c10d's key-value store.
final class Rendezvous: @unchecked Sendable {
    let handle: OpaquePointer
    private let launch: LaunchEnvironment
    private let milliseconds: Int64

    /// Opens the place on rank 0, or reaches it.
    init(_ launch: LaunchEnvironment, milliseconds: Int64) throws(ProcessGroupError) {
        let serves = launch.rank == 0 && !launch.isServedByLauncher
        guard (0...65_535).contains(launch.port),
            let handle = ct_store_new(
                launch.address, UInt16(launch.port), "verb/\(launch.attempt)", serves, milliseconds)
        else {
            let words = lastError
            let detail = (0...65_535).contains(launch.port) ? ProcessGroupError.firstLine(of: words) : "no such port"
            throw Self.unreachable(launch, serves: serves, milliseconds, detail)
        }
        self.handle = handle
        self.launch = launch
        self.milliseconds = milliseconds
    }

    deinit { ct_store_free(handle) }

    /// The port, also where any free one was asked for.
    var port: Int { Int(ct_store_port(handle)) }

    /// Waits until all processes are here, each once and all counting the same number.
    ///
    /// Who sees a contradiction, or comes last, tells the others.
    func waitForAll() throws(ProcessGroupError) {
        let same = try add("rank/\(launch.rank)")
        if try add("processes") == 1 { try set("size", "\(launch.size)") }
        let arrived = try add("size/\(launch.size)")
        let size = try text("size") ?? ""
        if same > 1 {
            try conclude("two processes say that they are number \(launch.rank); each needs a RANK of its own")
        } else if size != String(launch.size) {
            try conclude("one process counts \(size) processes, another \(launch.size); all need the same WORLD_SIZE")
        } else if arrived == launch.size {
            try conclude(Self.complete)
        }
        guard let verdict = try text("verdict") else {
            throw failure("waited \(Double(milliseconds) / 1000) s; \(absence())")
        }
        guard verdict == Self.complete else {
            try waitForListeners()
            throw failure(verdict)
        }
    }

    /// Process 0 takes the store with it when it ends, so it lets the others hear first.
    private func waitForListeners() throws(ProcessGroupError) {
        let heard = try add("heard")
        var arrived: Int64 = 0
        guard ct_store_add(handle, "processes", 0, &arrived) else { return }
        if heard == arrived { try set("all heard", Self.complete) }
        if launch.rank == 0 { _ = try text("all heard", within: min(milliseconds, 5000)) }
    }

    private static let complete = "complete"

    /// The first conclusion counts.
    private func conclude(_ verdict: String) throws(ProcessGroupError) {
        if try add("conclusions") == 1 { try set("verdict", verdict) }
    }

    private func add(_ key: String) throws(ProcessGroupError) -> Int {
        var sum: Int64 = 0
        guard ct_store_add(handle, key, 1, &sum) else { throw failure(ProcessGroupError.firstLine(of: lastError)) }
        return Int(sum)
    }

    private func set(_ key: String, _ value: String) throws(ProcessGroupError) {
        guard ct_store_set(handle, key, value) else { throw failure(ProcessGroupError.firstLine(of: lastError)) }
    }

    /// The text of a key, once it is there; nil after the time for waiting.
    private func text(_ key: String, within time: Int64? = nil) throws(ProcessGroupError) -> String? {
        if let bytes = ct_store_get(handle, key, time ?? milliseconds) {
            return String(decoding: Tensor(owning: bytes, key).array(of: UInt8.self), as: UTF8.self)
        }
        let words = lastError
        if words.lowercased().contains("timeout") || words.lowercased().contains("timed out") { return nil }
        throw failure("the process that serves the meeting ended (\(ProcessGroupError.firstLine(of: words)))")
    }

    /// Which processes have not come.
    private func absence() -> String {
        let missing = (0..<min(launch.size, 1000)).filter { rank in
            var found = false
            return !ct_store_has(handle, "rank/\(rank)", &found) || !found
        }
        let list = missing.prefix(16).map(String.init).joined(separator: ", ") + (missing.count > 16 ? ", …" : "")
        return missing.isEmpty
            ? "all have come, but not all were ready"
            : "not there: \(missing.count == 1 ? "process" : "processes") \(list). Start them, or look why they ended"
    }

    func failure(_ problem: String) -> ProcessGroupError {
        .join(rank: launch.rank, size: launch.size, place: "\(launch.address):\(port)", problem: problem)
    }

    private static func unreachable(
        _ launch: LaunchEnvironment, serves: Bool, _ milliseconds: Int64, _ detail: String
    ) -> ProcessGroupError {
        let seconds = Double(milliseconds) / 1000
        let problem =
            serves
            ? "the port cannot be opened; choose another MASTER_PORT (\(detail))"
            : "nobody answered within \(seconds) s; process 0 must run there, and MASTER_ADDR and MASTER_PORT be the "
                + "same for all (\(detail))"
        return .join(rank: launch.rank, size: launch.size, place: "\(launch.address):\(launch.port)", problem: problem)
    }
}
