import Dispatch
import Synchronization
import Testing
import Video

@testable import Datasets

@Suite("The loader's threads")
struct LoadingRunTests {
    @Test("samples are made at the same time and handed out in order")
    func parallel() async throws {
        // The first video of the epoch waits until the second one is opened by another thread.
        let order = LoadingPlan.order(of: 8, seed: 7, epoch: 0), second = DispatchSemaphore(value: 0)
        let videos = FakeVideos { number in
            if number == order[0] { second.wait() }
            if number == order[1] { second.signal() }
        }
        let batches = try await ClipLoader.fake(8, videos).contents()
        #expect(batches.flatMap(\.positions) == order)
    }

    @Test("no more is made than the next batch and what is wanted ahead")
    func bounded() async throws {
        let (events, source) = AsyncStream.makeStream(of: Int.self)
        let opened = Mutex(0)
        let videos = FakeVideos { _ in
            source.yield(
                opened.withLock {
                    $0 += 1; return $0
                })
        }
        let loader = try ClipLoader.fake(40, videos) { ($0.workers, $0.prefetch) = (3, 2) }
        var iterator = loader.batches(epoch: 0).makeAsyncIterator(), counts = events.makeAsyncIterator()
        for batch in 0..<5 {
            // As many as may be made are made without anybody asking; one more would be a thread too far.
            let allowed = batch * 4 + 4 + 2
            while let count = await counts.next(isolation: #isolation), count < allowed {}
            #expect(opened.withLock { $0 } == allowed)
            _ = try await iterator.next()
        }
    }

    @Test("a consumer that is cancelled ends the decoding, and gets its error when no thread is left")
    func cancelled() async throws {
        let (events, source) = AsyncStream.makeStream(of: Void.self)
        let videos = StuckVideos { source.yield() }
        var loader = try ClipLoader.fake(30) { $0.workers = 3 }
        loader.open = videos.opening
        let run = loader.run(loader.plan(epoch: 0), epoch: 0, from: 0)
        let consumer = Task { await run.next() }
        var started = events.makeAsyncIterator()
        for _ in 0..<3 { _ = await started.next(isolation: #isolation) }
        #expect(run.workers == 3)
        consumer.cancel()
        guard case .cancelled = await consumer.value else {
            Issue.record("a batch of videos that cannot be decoded")
            return
        }
        #expect(run.workers == 0)
    }

    @Test("the sequence throws CancellationError, then ends")
    func cancelledSequence() async throws {
        let loader = try ClipLoader.fake(30)
        let consumer = Task {
            var iterator = loader.batches(epoch: 0).makeAsyncIterator()
            _ = try await iterator.next()
            withUnsafeCurrentTask { $0?.cancel() }
            var wasCancelled = false
            do { _ = try await iterator.next() } catch is CancellationError { wasCancelled = true }
            return (wasCancelled, try await iterator.next() == nil)
        }
        let (wasCancelled, hasEnded) = try await consumer.value
        #expect(wasCancelled && hasEnded)
    }

    @Test("a consumer that stops early leaves no thread behind")
    func stopped() async throws {
        let loader = try ClipLoader.fake(40) { ($0.workers, $0.prefetch) = (4, 0) }
        let run = loader.run(loader.plan(epoch: 0), epoch: 0, from: 0)
        guard case .batch(0, let outcomes) = await run.next() else {
            Issue.record("no batch")
            return
        }
        #expect(outcomes.count == 4)
        // What the iterator holds goes with it; the threads wait for slots at that moment.
        drop(ClipBatches.Lease(run))
        guard case .cancelled = await run.next() else {
            Issue.record("not cancelled")
            return
        }
        #expect(run.workers == 0)
    }

    private func drop(_ lease: consuming ClipBatches.Lease) { _ = consume lease }

    @Test("at the end no thread is left")
    func ended() async throws {
        let loader = try ClipLoader.fake(9) { $0.workers = 8 }
        let run = loader.run(loader.plan(epoch: 0), epoch: 0, from: 0)
        for _ in 0..<3 { _ = await run.next() }
        guard case .end = await run.next() else {
            Issue.record("not at the end")
            return
        }
        #expect(run.workers == 0)
        guard case .end = await run.next() else {
            Issue.record("not at the end again")
            return
        }
    }

    @Test("iterators that nobody asks anything, many times")
    func unused() throws {
        let loader = try ClipLoader.fake(9)
        for _ in 0..<50 { _ = loader.batches(epoch: 0).makeAsyncIterator() }
    }
}

/// Videos whose decoding goes on until it is called off.
private struct StuckVideos {
    let onOpening: @Sendable () -> Void

    var opening: ClipLoader.Opening {
        let onOpening = onOpening
        return { source, options throws(VideoError) in
            onOpening()
            while options.isCancelled?() == false {}
            throw VideoError(.cancelled, path: source.path, detail: "by the caller")
        }
    }
}
