internal import CTorch
import Foundation

// @unchecked Sendable: `jobs` is only touched under `condition`'s lock; the rest is immutable.

/// The one thread of a process that calls LibTorch.
///
/// LibTorch keeps gradient mode and a pool of workers for each thread that calls it, so every actor that computes uses
/// this executor:
///
///     nonisolated var unownedExecutor: UnownedSerialExecutor { TorchThread.shared.asUnownedSerialExecutor() }
public final class TorchThread: SerialExecutor, @unchecked Sendable {
    /// The process's LibTorch thread.
    public static let shared = TorchThread(name: "verb.torch")

    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.stackSize = 16 << 20  // deep autograd graphs recurse when they are freed
        thread.start()
    }

    /// Queues a job of an actor; called by the Swift runtime.
    ///
    /// - Parameter job: the job.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    private func run() {
        while true {
            let batch = condition.withLock {
                while jobs.isEmpty { condition.wait() }
                defer { jobs.removeAll(keepingCapacity: true) }
                return jobs
            }
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    /// Runs a computation on the LibTorch thread.
    ///
    /// - Parameter body: the computation.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    public static func run<R: Sendable, E: Error>(_ body: @Sendable () throws(E) -> R) async throws(E) -> R {
        try await TorchActor.shared.perform(body)
    }
}

/// The global actor of the LibTorch thread.
@globalActor
public actor TorchActor {
    /// The actor.
    public static let shared = TorchActor()

    /// The LibTorch thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        TorchThread.shared.asUnownedSerialExecutor()
    }

    func perform<R: Sendable, E: Error>(_ body: @Sendable () throws(E) -> R) throws(E) -> R { try body() }
}

/// Settings of LibTorch for the whole process.
public enum TorchRuntime {
    /// LibTorch's version, for example `2.13.0`.
    public static var version: String { String(cString: ct_version()) }

    /// The number of threads that one operation may use; set once, before the first operation.
    public static var threads: Int {
        get { Int(ct_threads()) }
        set {
            check(newValue > 0, "threads: \(newValue)")
            check(ct_set_threads(Int32(newValue)), "threads: \(lastError)")
        }
    }
}
