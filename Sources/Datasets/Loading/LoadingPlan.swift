internal import Video

/// What one process loads in one epoch, in order.
struct LoadingPlan: Sendable, Equatable {
    /// One sample to be made.
    struct Job: Sendable, Equatable {
        /// Its position in the epoch's order over all processes.
        let place: Int
        /// Its position in the list.
        let index: Int
    }

    let jobs: [Job]
    /// The jobs of each batch; empty where a last batch has fewer samples than there are processes.
    let batches: [Range<Int>]

    /// Training: a batch is a slice of the epoch's order, and this process's part of it.
    init(trainingOn count: Int, epoch: Int, _ settings: LoaderSettings) {
        let order = Self.order(of: count, seed: settings.seed, epoch: epoch)
        let ends = settings.dropsLast ? count / settings.batch * settings.batch : count
        var jobs: [Job] = [], batches: [Range<Int>] = []
        for start in stride(from: 0, to: ends, by: settings.batch) {
            let part = settings.shard.part(of: start..<min(start + settings.batch, count))
            batches.append(jobs.count..<jobs.count + part.count)
            jobs += part.map { Job(place: $0, index: order[$0]) }
        }
        (self.jobs, self.batches) = (jobs, batches)
    }

    /// Evaluation: every `shard.count`-th sample of the list, in its order.
    init(evaluating count: Int, _ settings: LoaderSettings) {
        let jobs = stride(from: settings.shard.rank, to: count, by: settings.shard.count).map {
            Job(place: $0, index: $0)
        }
        let size = max(1, settings.batch / settings.shard.count)
        self.jobs = jobs
        batches = stride(from: 0, to: jobs.count, by: size).map { $0..<min($0 + size, jobs.count) }
    }

    /// A random order of `0..<count`; the same on every machine.
    ///
    /// Source: Fisher and Yates, as Durstenfeld (1964) wrote it.
    static func order(of count: Int, seed: UInt64, epoch: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        var draws = SeededDraws(
            seed: SplitMix64.hash(SplitMix64.hash(seed, 0x6F72_6465), UInt64(bitPattern: Int64(epoch))))
        for last in (1..<count).reversed() { order.swapAt(last, draws.integer(in: 0..<last + 1)) }
        return order
    }
}
