internal import Foundation
internal import Synchronization
internal import Video

/// Threads that decode videos, each taking the next one when it is done with one.
///
/// Threads and not tasks: decoding blocks, and a network's disk is worth more workers than there are cores.
final class HealthCrew: Sendable {
    private struct State {
        var next = 0
        var found: [VideoHealth?]
        var done = 0
        var unusable = 0
        var running = 0
        var whenFinished: CheckedContinuation<Void, Never>?

        init(jobs: Int) { found = Array(repeating: nil, count: jobs) }
    }

    private let jobs: [VideoSample]
    private let frames: Int?
    private let options: VideoOptions
    private let progress: @Sendable (Int, Int, Int) -> Void
    private let state: Mutex<State>
    private let isCancelled = Atomic<Bool>(false)

    init(
        _ jobs: [VideoSample], frames: Int?, options: VideoOptions,
        progress: @escaping @Sendable (Int, Int, Int) -> Void
    ) {
        (self.jobs, self.frames, self.options, self.progress) = (jobs, frames, options, progress)
        state = Mutex(State(jobs: jobs.count))
    }

    /// Decodes all videos.
    ///
    /// - Returns: what was found, in the order of the jobs.
    /// - Throws: `CancellationError`, after the threads have ended.
    func run(workers: Int) async throws -> [VideoHealth] {
        let count = min(max(workers, 1), jobs.count)
        guard count > 0 else { return [] }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { ($0.running, $0.whenFinished) = (count, continuation) }
                for _ in 0..<count { Thread.detachNewThread { self.work() } }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
        try Task.checkCancellation()
        return state.withLock { $0.found }.compactMap { $0 }
    }

    private func work() {
        var options = options
        let isOff = options.isCancelled
        options.isCancelled = { [self] in isCancelled.load(ordering: .relaxed) || isOff?() == true }
        while !isCancelled.load(ordering: .relaxed), let job = takeJob() {
            let health = VideoHealth.decoding(jobs[job], frames: frames, options: options)
            state.withLock { state in
                state.found[job] = health
                state.done += 1
                if health.action != .use { state.unusable += 1 }
                progress(state.done, jobs.count, state.unusable)
            }
        }
        let finished = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.running -= 1
            return state.running == 0 ? state.whenFinished : nil
        }
        finished?.resume()
    }

    private func takeJob() -> Int? {
        state.withLock { state in
            guard state.next < jobs.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }
}
