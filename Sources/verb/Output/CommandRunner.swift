import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Runs the chosen command as a task that ctrl-C cancels.
///
/// Exit codes: 0 done, 1 failed, 64 wrong usage, 130 interrupted. The second ctrl-C ends the process at once.
enum CommandRunner {
    private static let interrupts = Atomic<Int>(0)

    static func run(_ root: any AsyncParsableCommand.Type) async {
        let task = Task {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        }
        let signals = watchInterrupts { task.cancel() }
        defer { signals.forEach { $0.cancel() } }
        do { try await task.value } catch { finish(root, error) }
    }

    private static func watchInterrupts(_ cancel: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        // Not a global queue: work that blocks its threads would keep the signal waiting.
        let queue = DispatchQueue(label: "verb.signals")
        return [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if interrupts.add(1, ordering: .relaxed).newValue > 1 { leave(130) }
                cancel()
            }
            source.resume()
            return source
        }
    }

    private static func finish(_ root: any AsyncParsableCommand.Type, _ error: any Error) -> Never {
        if error is CancellationError || interrupts.load(ordering: .relaxed) > 0 {
            Notices.write("interrupted")
            leave(130)
        }
        let (message, code) = (root.fullMessage(for: error), root.exitCode(for: error))
        if !message.isEmpty {
            if code.isSuccess { print(message) } else { Notices.write(message) }
        }
        leave(code.rawValue)
    }

    /// Ends the process without the destructors of C++ libraries, whose threads may still be computing.
    private static func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
