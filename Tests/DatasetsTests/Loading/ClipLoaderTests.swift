import Testing
import Video

@testable import Datasets

@Suite("The loader")
struct ClipLoaderTests {
    @Test("the number of threads changes nothing", arguments: [2, 3, 8])
    func workers(_ workers: Int) async throws {
        let one = try await ClipLoader.fake(22) { $0.workers = 1 }.contents(epoch: 3)
        let several = try await ClipLoader.fake(22) { $0.workers = workers }.contents(epoch: 3)
        #expect(one == several)
        let eager = try await ClipLoader.fake(22) { ($0.workers, $0.prefetch) = (workers, 0) }.contents(epoch: 3)
        #expect(one == eager)
        let views = try await ClipLoader.fakeEvaluation(9) { $0.workers = 1 }.contents()
        #expect(views == (try await ClipLoader.fakeEvaluation(9) { $0.workers = workers }.contents()))
    }

    @Test("an epoch shows every sample once, in an order of its own")
    func epochs() async throws {
        let loader = try ClipLoader.fake(22)
        #expect(loader.batchesPerEpoch == 6)
        let first = try await loader.contents(epoch: 0), second = try await loader.contents(epoch: 1)
        #expect(first == (try await loader.contents(epoch: 0)))
        for epoch in [first, second] {
            #expect(epoch.map(\.number) == Array(0..<6))
            #expect(epoch.map(\.positions.count) == [4, 4, 4, 4, 4, 2])
            #expect(epoch.flatMap(\.positions).sorted() == Array(0..<22))
            #expect(epoch.allSatisfy { $0.labels == $0.positions.map { [$0 % 3] } && $0.skipped.isEmpty })
        }
        #expect(first.flatMap(\.positions) != second.flatMap(\.positions))
        #expect(first.flatMap(\.positions) != Array(0..<22))
        let other = try await ClipLoader.fake(22) { $0.seed = 8 }.contents()
        #expect(first.flatMap(\.positions) != other.flatMap(\.positions))
    }

    @Test("a sample's random numbers depend on its place in the epoch, not on the batch")
    func places() async throws {
        let four = try await ClipLoader.fake(22).contents(),
            five = try await ClipLoader.fake(22) { $0.batch = 5 }.contents()
        #expect(four.flatMap(\.clips) == five.flatMap(\.clips))
        let dropped = try await ClipLoader.fake(22) { $0.dropsLast = true }.contents()
        #expect(dropped == Array(four.dropLast()))
        #expect(try ClipLoader.fake(22) { $0.dropsLast = true }.batchesPerEpoch == 5)
        // The same video comes again with other numbers in the next epoch.
        let again = try await ClipLoader.fake(22).contents(epoch: 1)
        let clip = try #require(four[0].clips.first), position = four[0].positions[0]
        let place = try #require(again.flatMap(\.positions).firstIndex(of: position))
        #expect(again.flatMap(\.clips)[place] != clip)
    }

    @Test("an epoch can be begun at any batch", arguments: 0...7)
    func resume(_ batch: Int) async throws {
        let all = try await ClipLoader.fake(22).contents(epoch: 2)
        #expect(try await ClipLoader.fake(22).contents(epoch: 2, from: batch) == Array(all.dropFirst(batch)))
    }

    @Test("processes share every batch of training", arguments: 1...4)
    func trainingShards(_ count: Int) async throws {
        let whole = try await ClipLoader.fake(22).contents(epoch: 1)
        var parts: [[BatchContent]] = []
        for rank in 0..<count {
            let loader = try ClipLoader.fake(22) { $0.shard = Shard(rank: rank, count: count) }
            parts.append(try await loader.contents(epoch: 1))
            #expect(loader.batchesPerEpoch == whole.count)
        }
        for (number, batch) in whole.enumerated() {
            #expect(parts.flatMap { $0[number].positions } == batch.positions)
            #expect(parts.flatMap { $0[number].clips } == batch.clips)
            let sizes = parts.map { $0[number].positions.count }
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
    }

    @Test("processes evaluate every sample once", arguments: 1...4)
    func evaluationShards(_ count: Int) async throws {
        let whole = try await ClipLoader.fakeEvaluation(11).contents()
        #expect(whole.flatMap(\.positions) == Array(0..<11))
        let clips = whole.flatMap(\.clips)
        #expect(clips.count == 11 * 6)
        var seen: [Int] = []
        for rank in 0..<count {
            let loader = try ClipLoader.fakeEvaluation(11) { $0.shard = Shard(rank: rank, count: count) }
            let part = try await loader.contents()
            #expect(part.count == loader.batchesPerEpoch)
            let positions = part.flatMap(\.positions)
            #expect(positions == Array(stride(from: rank, to: 11, by: count)))
            let own: [ClipPixels] = positions.flatMap { Array(clips[$0 * 6..<$0 * 6 + 6]) }
            #expect(part.flatMap(\.clips) == own)
            seen += positions
        }
        #expect(seen.sorted() == Array(0..<11))
    }

    @Test("more processes than samples: empty batches, no sample lost")
    func manyShards() async throws {
        var seen: [Int] = []
        for rank in 0..<4 {
            let loader = try ClipLoader.fake(2) { $0.shard = Shard(rank: rank, count: 4) }
            let batches = try await loader.contents()
            #expect(batches.count == 1)
            seen += batches.flatMap(\.positions)
            let evaluation = try ClipLoader.fakeEvaluation(2) { $0.shard = Shard(rank: rank, count: 4) }
            #expect(try await evaluation.contents().flatMap(\.positions) == (rank < 2 ? [rank] : []))
        }
        #expect(seen.sorted() == [0, 1])
    }

    @Test("the time waited is in the batches and their sum in the health")
    func waiting() async throws {
        let loader = try ClipLoader.fake(10)
        var sum = 0.0
        for try await batch in loader.batches(epoch: 0) {
            #expect(batch.waited >= 0)
            sum += batch.waited
        }
        #expect(loader.health.samples == 10 && loader.health.skipped.isEmpty)
        #expect(abs(loader.health.waited - sum) < 1e-9 && sum > 0)
    }

    private static let impossible: [@Sendable (inout LoaderSettings) -> Void] = [
        { $0.batch = 0 }, { $0.workers = 0 }, { $0.shard = Shard(rank: 2, count: 2) },
        { $0.shard = Shard(rank: -1, count: 2) }, { $0.shard = Shard(rank: 0, count: 0) }, { $0.prefetch = -1 },
        { $0.skipLimit = 1.5 }, { $0.skipLimit = .nan }, { $0.deadline = 0 }, { $0.batch = 2_000_000 },
        { $0.normalization.std = [1, 0, 1] }, { $0.normalization.mean = [1] },
    ]

    @Test("settings that cannot be are refused", arguments: impossible.indices)
    func refused(_ index: Int) {
        let error = #expect(throws: DatasetError.self) { try ClipLoader.fake(4, FakeVideos(), Self.impossible[index]) }
        guard case .badClips = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("an empty list and impossible sizes are refused")
    func sizes() {
        let clips = EvaluationClips(sampling: .uniform, shortSide: 8, resize: .bilinear)
        for (count, frames, side) in [(0, 1, 8), (1, 0, 8), (1, 1, 0), (1, 1, 9), (1, 2000, 8)] {
            #expect(throws: DatasetError.self) {
                try ClipLoader(
                    FakeVideos.list(count), evaluation: clips, frames: frames, imageSize: side, settings: .init())
            }
        }
    }
}
