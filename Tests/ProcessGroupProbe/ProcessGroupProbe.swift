internal import Foundation
internal import Torch

/// One process of a group, started by tests: `process-group-probe [--any-port] [--timeout SECONDS] SCENARIO…`.
///
/// Its place comes from the environment, as for `verb`; without one it is alone. It prints what it found as lines of a
/// name and numbers. With `--any-port` process 0 chooses the port itself and prints it first.
@main
struct ProcessGroupProbe {
    static func main() async {
        var arguments = CommandLine.arguments.dropFirst()
        let choosesPort = take("--any-port", from: &arguments) != nil
        let timeout = take("--timeout", value: true, from: &arguments).flatMap { Double($0) } ?? 60
        let scenarios = arguments.map { name in
            guard let scenario = Scenario(rawValue: name) else { fatalError("no scenario \(name)") }
            return scenario
        }
        let status = await TorchThread.run { run(scenarios, choosesPort: choosesPort, timeout: timeout) }
        exit(status)
    }

    private static func take(_ option: String, value: Bool = false, from arguments: inout ArraySlice<String>) -> String?
    {
        guard arguments.first == option else { return nil }
        arguments.removeFirst()
        return value ? arguments.popFirst() : option
    }

    @Sendable private static func run(_ scenarios: [Scenario], choosesPort: Bool, timeout: Double) -> Int32 {
        TorchRuntime.threads = 1
        do throws(ProcessGroupError) {
            let group = try joined(choosesPort: choosesPort, timeout: timeout)
            for scenario in scenarios { try scenario.run(group) }
            group.leave()
            return 0
        } catch {
            report("error \(error.kind)", [Int]())
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return 3
        }
    }

    private static func joined(choosesPort: Bool, timeout: Double) throws(ProcessGroupError) -> ProcessGroup {
        guard var launch = try LaunchEnvironment.detected(in: ProcessInfo.processInfo.environment) else {
            return .alone
        }
        if choosesPort, launch.rank == 0 { launch.port = 0 }
        return try .join(launch, timeout: .milliseconds(Int64(timeout * 1000))) { report("port", [$0]) }
    }
}

extension ProcessGroupError {
    fileprivate var kind: String {
        switch self {
        case .environment: "environment"
        case .join: "join"
        case .lost: "lost"
        case .timeout: "timeout"
        case .mismatch: "mismatch"
        case .failed: "failed"
        case .left: "left"
        }
    }
}

/// Prints a line that tests read.
func report(_ name: String, _ numbers: [some CustomStringConvertible]) {
    print(name, numbers.map(\.description).joined(separator: " "), separator: "=")
    fflush(nil)
}
