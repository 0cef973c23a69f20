internal import Foundation

/// What a process of a group printed, and how it ended.
package struct ProbeOutcome: Sendable {
    /// Everything on its standard output.
    package let lines: [String]
    /// Everything on its standard error.
    package let errors: String
    /// Its exit status, or the signal.
    package let status: Int32
    /// Whether a signal ended it.
    package let wasKilled: Bool

    /// The numbers of a line `name=1.0 2.0`.
    package subscript(name: String) -> [Double]? {
        lines.first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1).split(separator: " ").compactMap {
            Double($0)
        }
    }

    /// The kind of the `ProcessGroupError` that ended it.
    package var failure: String? {
        lines.first { $0.hasPrefix("error ") }.map { String($0.dropFirst(6).dropLast()) }
    }

    /// Runs a group of processes to its end.
    ///
    /// - Parameters:
    ///   - scenarios: what each does, one after another.
    ///   - count: the number of processes; 1 is a process without a group.
    ///   - timeout: the group's, in seconds.
    ///   - killed: a process that is killed as soon as all others have ended.
    ///   - changing: changes a process's variables.
    /// - Returns: the outcomes by rank. A process that lives after two minutes is killed.
    /// - Throws: what kept a process from starting.
    package static func ofGroup(
        _ scenarios: String..., count: Int, timeout: Double = 60, killed: Int? = nil,
        changing: @Sendable (Int, inout [String: String]) -> Void = { _, _ in }
    ) async throws -> [ProbeOutcome] {
        let arguments = ["--any-port", "--timeout", "\(timeout)"] + scenarios
        func start(_ rank: Int, port: String) throws -> ProbeProcess {
            var environment = ProcessInfo.processInfo.environment.filter { !isLaunchVariable($0.key) }
            if count > 1 {
                let own = [
                    "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
                ]
                environment.merge(own) { $1 }
            }
            changing(rank, &environment)
            return try ProbeProcess(arguments, environment: environment)
        }
        var processes = [try start(0, port: "1")]
        if count > 1, let port = await processes[0].line("port=")?.dropFirst(5) {
            for rank in 1..<count { processes.append(try start(rank, port: String(port))) }
        }
        return await outcomes(of: processes, killed: killed)
    }

    private static func outcomes(of processes: [ProbeProcess], killed: Int?) async -> [ProbeOutcome] {
        let limit = Task {
            try await Task.sleep(for: .seconds(120))
            processes.forEach { $0.kill() }
        }
        defer { limit.cancel() }
        var outcomes: [Int: ProbeOutcome] = [:]
        for (rank, process) in processes.enumerated() where rank != killed { outcomes[rank] = await process.outcome() }
        if let killed, processes.indices.contains(killed) {
            processes[killed].kill()
            outcomes[killed] = await processes[killed].outcome()
        }
        return processes.indices.compactMap { outcomes[$0] }
    }

    private static func isLaunchVariable(_ name: String) -> Bool {
        ["RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"].contains(name)
            || ["SLURM_", "OMPI_", "PMI_", "TORCHELASTIC_"].contains { name.hasPrefix($0) }
    }
}
