import ArgumentParser
import Foundation
import Torch

/// How the processes of one command meet.
struct ProcessOptions: ParsableArguments {
    @Option(help: "The longest wait for other processes, in seconds.")
    var timeout = 600

    func validate() throws {
        guard (1...1_000_000).contains(timeout) else { throw ValidationError("--timeout must be 1 to 1000000.") }
    }

    /// Joins the processes that torchrun, Slurm or MPI started; without them this process is alone.
    func join() async throws -> ProcessGroup {
        let environment = ProcessInfo.processInfo.environment
        guard let launch = try LaunchEnvironment.detected(in: environment) else { return .alone }
        let timeout = Duration.seconds(timeout)
        return try await TorchThread.run { () throws(ProcessGroupError) in
            try ProcessGroup.join(launch, timeout: timeout)
        }
    }
}
