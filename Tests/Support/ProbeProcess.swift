internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A started `process-group-probe`, whose lines can be read while it runs.
final class ProbeProcess: Sendable {
    private struct State {
        var lines: [String] = []
        var isClosed = false
        var waiting: [(prefix: String, resume: CheckedContinuation<String?, Never>)] = []
        var ending: CheckedContinuation<Void, Never>?
    }

    private let process: Process
    private let errors: URL
    private let state = Mutex(State())

    init(_ arguments: [String], environment: [String: String]) throws {
        process = Process()
        process.executableURL = try Self.products().appending(path: "process-group-probe")
        process.arguments = arguments
        process.environment = environment
        errors = FileManager.default.temporaryDirectory.appending(path: "probe-\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: errors.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        process.standardError = try FileHandle(forWritingTo: errors)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        Thread.detachNewThread { [self] in read(pipe.fileHandleForReading) }
    }

    /// The folder that holds the tests and what was built beside them.
    private static func products() throws -> URL {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
            return (bundle ?? .main).bundleURL.deletingLastPathComponent()
        #else
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: own).deletingLastPathComponent()
        #endif
    }

    private func read(_ handle: FileHandle) {
        var rest = ""
        while case let data = handle.availableData, !data.isEmpty {  // `read(upToCount:)` waits for that many
            let parts = (rest + String(decoding: data, as: UTF8.self)).split(
                separator: "\n", omittingEmptySubsequences: false)
            rest = parts.last.map(String.init) ?? ""
            for line in parts.dropLast() { add(String(line)) }
        }
        process.waitUntilExit()
        let (waiting, ending) = state.withLock { state in
            state.isClosed = true
            defer { (state.waiting, state.ending) = ([], nil) }
            return (state.waiting, state.ending)
        }
        waiting.forEach { $0.resume.resume(returning: nil) }
        ending?.resume()
    }

    private func add(_ line: String) {
        let ready = state.withLock { state in
            state.lines.append(line)
            let ready = state.waiting.filter { line.hasPrefix($0.prefix) }
            state.waiting.removeAll { line.hasPrefix($0.prefix) }
            return ready
        }
        ready.forEach { $0.resume.resume(returning: line) }
    }

    /// The first line that begins so, or nil where the process ends without one.
    func line(_ prefix: String) async -> String? {
        await withCheckedContinuation { continuation in
            let known: String?? = state.withLock { state in
                if let line = state.lines.first(where: { $0.hasPrefix(prefix) }) { return .some(line) }
                if state.isClosed { return .some(nil) }
                state.waiting.append((prefix, continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Sends a signal that cannot be caught.
    func kill() {
        if process.isRunning { _ = signal(process.processIdentifier, SIGKILL) }
    }

    private func signal(_ identifier: Int32, _ number: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(identifier, number)
        #else
            Darwin.kill(identifier, number)
        #endif
    }

    /// Waits for its end.
    func outcome() async -> ProbeOutcome {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.ending = continuation }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
        let words = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(at: errors)
        return ProbeOutcome(
            lines: state.withLock { $0.lines }, errors: words, status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal)
    }
}
