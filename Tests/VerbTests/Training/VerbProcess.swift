import Foundation
import Testing

/// The built command, as users run it.
struct VerbProcess {
    /// What came out of a run.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let process = Process()
    /// The files that standard output and standard error go to.
    let output: URL, errors: URL

    /// Prepares a run with one LibTorch thread; `environment` is added to this process's.
    init(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
        process.executableURL = try Self.program()
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
            .merging(environment) { $1 }
        output = folder.appending(path: "out-\(UUID().uuidString)")
        errors = folder.appending(path: "err-\(UUID().uuidString)")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
    }

    /// Beside the tests.
    private static func program() throws -> URL {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
            return (bundle ?? .main).bundleURL.deletingLastPathComponent().appending(path: "verb")
        #else
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: own).deletingLastPathComponent().appending(path: "verb")
        #endif
    }

    /// Waits for the end, off the threads that tasks share.
    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [process, output, errors] in
                process.waitUntilExit()
                func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
                continuation.resume(
                    returning: Outcome(
                        status: process.terminationStatus, output: text(output), errors: text(errors)))
            }
        }
    }

    /// Runs to the end.
    static func run(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let run = try VerbProcess(arguments, in: folder, environment: environment)
        try run.process.run()
        return await run.outcome()
    }
}
