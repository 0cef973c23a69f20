internal import Dispatch
internal import Foundation
internal import Synchronization

/// The threads that load one epoch, and what they have ready.
///
/// Threads take jobs in order as long as there are slots, one slot a sample, which the consumer gives back when it takes
/// a batch; so at most the next batch and what is wanted ahead of it lies here. A thread never waits for the consumer
/// otherwise, and the consumer suspends without blocking a thread.
final class LoadingRun: Sendable {
    private struct State {
        var next: Int
        var batch: Int
        var ready: [Int: SampleOutcome] = [:]
        var workers = 0
        var isCancelled = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    /// What the consumer finds.
    enum Delivery {
        case batch(Int, [SampleOutcome])
        case end
        case cancelled
    }

    private let plan: LoadingPlan
    private let reader: SampleReader
    private let slots = DispatchSemaphore(value: 0)
    private let state: Mutex<State>

    /// Starts threads.
    ///
    /// - Parameters:
    ///   - plan: what is loaded.
    ///   - firstBatch: the batch to begin with.
    ///   - reader: what makes samples.
    ///   - workers: the largest number of threads.
    ///   - ahead: samples that are made beyond a batch.
    init(_ plan: LoadingPlan, from firstBatch: Int, reader: SampleReader, workers: Int, ahead: Int) {
        (self.plan, self.reader) = (plan, reader)
        let first = min(max(firstBatch, 0), plan.batches.count)
        let next = first < plan.batches.count ? plan.batches[first].lowerBound : plan.jobs.count
        state = Mutex(State(next: next, batch: first))
        let largest = plan.batches[first...].map(\.count).max() ?? 0
        for _ in 0..<largest + ahead { slots.signal() }
        start(min(workers, plan.jobs.count - next))
    }

    private func start(_ workers: Int) {
        state.withLock { $0.workers = workers }
        for number in 0..<workers {
            let thread = Thread { [self] in
                while let place = take(), let outcome = read(place) { finish(place, outcome) }
                leave()
            }
            thread.name = "verb.loader.\(number)"
            thread.stackSize = 4 << 20  // decoders need more than a secondary thread has on macOS
            thread.start()
        }
    }

    // MARK: - The threads

    private func take() -> Int? {
        guard state.withLock({ !$0.isCancelled && $0.next < plan.jobs.count }) else { return nil }
        slots.wait()
        let (place, isLast) = state.withLock { state -> (Int?, Bool) in
            guard !state.isCancelled, state.next < plan.jobs.count else { return (nil, true) }
            defer { state.next += 1 }
            return (state.next, state.next + 1 == plan.jobs.count)
        }
        // Each thread that finds nothing more to do wakes the next one.
        if isLast { slots.signal() }
        return place
    }

    private func read(_ place: Int) -> SampleOutcome? {
        reader.read(plan.jobs[place]) { [self] in state.withLock { $0.isCancelled } }
    }

    private func finish(_ place: Int, _ outcome: SampleOutcome) {
        wake { $0.ready[place] = outcome }
    }

    private func leave() {
        wake { $0.workers -= 1 }
    }

    /// Changes the state, and wakes the consumer if that is what it waits for.
    private func wake(_ change: (inout sending State) -> Void) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            guard isSettled(state) else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Whether the consumer's next question has its answer: a batch, or an end without threads.
    private func isSettled(_ state: State) -> Bool {
        if state.isCancelled || state.batch >= plan.batches.count { return state.workers == 0 }
        for place in plan.batches[state.batch] where state.ready[place] == nil { return false }
        return true
    }

    // MARK: - The consumer

    /// Ends the threads; those that decode stop at the next packet.
    func cancel() {
        wake { $0.isCancelled = true }
        slots.signal()
    }

    /// Waits for the next batch; at the end and when cancelled, until all threads have left.
    func next() async -> Delivery {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isAnswered = state.withLock { state in
                    if isSettled(state) { return true }
                    state.waiting = continuation
                    return false
                }
                if isAnswered { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
        return deliver()
    }

    private func deliver() -> Delivery {
        let delivery = state.withLock { state -> Delivery in
            if state.isCancelled { return .cancelled }
            guard state.batch < plan.batches.count else { return .end }
            defer { state.batch += 1 }
            let jobs = plan.batches[state.batch]
            return .batch(state.batch, jobs.compactMap { state.ready.removeValue(forKey: $0) })
        }
        if case .batch(_, let outcomes) = delivery {
            for _ in outcomes { slots.signal() }
        }
        return delivery
    }

    /// The number of threads that have not left yet.
    var workers: Int { state.withLock { $0.workers } }
}
