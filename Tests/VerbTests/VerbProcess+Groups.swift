import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension VerbProcess {
    /// Runs one process to its end.
    static func run(_ arguments: [String]) async throws -> Outcome {
        try await run(arguments, processes: 1)[0]
    }

    /// Runs several processes that meet at a free port of this machine.
    static func run(_ arguments: [String], processes count: Int) async throws -> [Outcome] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-process-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = freePort()
        let started = try (0..<count).map { rank in
            let place = [
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ]
            let run = try VerbProcess(arguments, in: folder, environment: count > 1 ? place : [:])
            try run.process.run()
            return run
        }
        var outcomes: [Outcome] = []
        for run in started { outcomes.append(await run.outcome()) }
        return outcomes
    }

    /// A port that was free a moment ago.
    private static func freePort() -> Int {
        #if canImport(Glibc)
            let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let handle = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(handle, $0, length)
                _ = getsockname(handle, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
