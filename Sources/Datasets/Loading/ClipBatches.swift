/// The batches of one epoch, made by threads of their own while they are consumed.
///
/// Each iteration starts its own threads. They end when the last batch was taken, when the consuming task is cancelled,
/// and when the iterator is gone.
public struct ClipBatches: AsyncSequence, Sendable {
    let loader: ClipLoader
    let epoch: Int
    let firstBatch: Int

    /// Starts loading.
    ///
    /// - Returns: what hands out the batches.
    public func makeAsyncIterator() -> Iterator { Iterator(loader, epoch: epoch, firstBatch: firstBatch) }

    /// Hands out batches in order.
    public struct Iterator: AsyncIteratorProtocol {
        private let loader: ClipLoader
        private let samples: Int
        private let lease: Lease
        private var skipped = 0
        private var isOver = false

        init(_ loader: ClipLoader, epoch: Int, firstBatch: Int) {
            self.loader = loader
            let plan = loader.plan(epoch: epoch)
            samples = plan.jobs.count
            lease = Lease(loader.run(plan, epoch: epoch, from: firstBatch))
        }

        /// The next batch.
        ///
        /// - Returns: nil after the last one.
        /// - Throws: `DatasetError.tooManyBroken` in training, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> ClipBatch? {
            guard !isOver else { return nil }
            isOver = true
            let clock = ContinuousClock(), start = clock.now
            let delivery = await lease.run.next()
            let waited = (clock.now - start) / .seconds(1)
            switch delivery {
            case .end: return nil
            case .cancelled: throw CancellationError()
            case .batch(let number, let outcomes):
                loader.record.note(outcomes, waited: waited)
                try check(outcomes)
                isOver = false
                return ClipBatch(outcomes, number: number, of: loader, waited: waited)
            }
        }

        private mutating func check(_ outcomes: [SampleOutcome]) throws(DatasetError) {
            guard loader.isTraining else { return }
            let broken = outcomes.filter { !$0.skipped.isEmpty }
            skipped += broken.count
            let isTooMany = skipped > loader.settings.allowedSkips(of: samples)
            guard isTooMany || broken.contains(where: \.clips.isEmpty) else { return }
            lease.run.cancel()
            throw .tooManyBroken(
                skipped: skipped, of: samples, limit: loader.settings.skipLimit,
                examples: broken.flatMap(\.skipped).prefix(3).map(\.reason))
        }
    }

    /// Ends the threads when the last copy of an iterator is gone.
    final class Lease: Sendable {
        let run: LoadingRun

        init(_ run: LoadingRun) { self.run = run }

        deinit { run.cancel() }
    }
}
