import Foundation
import Testing
import Video

@testable import Datasets

@Suite("Broken videos in the loader")
struct BrokenVideosTests {
    @Test("training replaces them, the same way with any number of threads")
    func replaced() async throws {
        let broken: Set = [3, 11]
        let loader = try ClipLoader.fake(22, FakeVideos(broken: broken)) { $0.skipLimit = 0.1 }
        let whole = try await ClipLoader.fake(22).contents(), batches = try await loader.contents()
        #expect(batches.map(\.positions.count) == whole.map(\.positions.count))
        for (one, other) in zip(whole.flatMap(\.positions), batches.flatMap(\.positions)) {
            #expect(broken.contains(one) ? !broken.contains(other) : one == other)
        }
        #expect(
            batches.allSatisfy { $0.labels == $0.positions.map { [$0 % 3] } && $0.clips.count == $0.positions.count })
        for workers in [1, 3, 8] {
            let again = try ClipLoader.fake(22, FakeVideos(broken: broken)) {
                ($0.skipLimit, $0.workers) = (0.1, workers)
            }
            #expect(try await again.contents() == batches)
            #expect(again.health.skipped == loader.health.skipped)
        }
        let health = loader.health
        #expect(health.samples == 22 && health.skippedSamples == 2)
        #expect(Set(health.skipped.map(\.position)) == broken)
        #expect(health.skipped.allSatisfy { $0.status == .openFailed && $0.reason.contains($0.path) })
        // Another epoch draws other substitutes, and names no video twice.
        let next = try await loader.contents(epoch: 1)
        #expect(next.flatMap(\.skipped).count >= 2 && loader.health.skipped.count == 2)
    }

    @Test(
        "too many end the epoch with their reasons, at the same batch whatever the number of threads",
        arguments: [1, 2, 8])
    func tooMany(_ workers: Int) async throws {
        let loader = try ClipLoader.fake(22, FakeVideos(broken: [3, 11])) { $0.workers = workers }
        var iterator = loader.batches(epoch: 0).makeAsyncIterator()
        var taken = 0
        var found: DatasetError?
        do {
            while try await iterator.next() != nil { taken += 1 }
        } catch { found = error as? DatasetError }
        let order = LoadingPlan.order(of: 22, seed: 7, epoch: 0)
        let second = try #require([3, 11].compactMap { order.firstIndex(of: $0) }.max())
        #expect(taken == second / 4)
        guard case .tooManyBroken(skipped: 2, of: 22, limit: 0.05, let examples) = try #require(found) else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(examples.contains { $0.contains("video-") })
        #expect(try await iterator.next() == nil)
    }

    @Test("one of few is no reason to end, unless none is allowed")
    func oneOfFew() async throws {
        let batches = try await ClipLoader.fake(15, FakeVideos(broken: [3])).contents()
        #expect(batches.flatMap(\.skipped).map(\.position) == [3])
        let strict = try ClipLoader.fake(15, FakeVideos(broken: [3])) { $0.skipLimit = 0 }
        await #expect(throws: DatasetError.self) { try await strict.contents() }
        let two = try ClipLoader.fake(15, FakeVideos(broken: [3, 7]))
        await #expect(throws: DatasetError.self) { try await two.contents() }
    }

    @Test("a list of nothing else ends as well, however high the limit")
    func nothingLeft() async throws {
        let loader = try ClipLoader.fake(3, FakeVideos(broken: [0, 1, 2])) { $0.skipLimit = 1 }
        await #expect(throws: DatasetError.self) { try await loader.contents() }
    }

    @Test("evaluation leaves them out and says so, without a limit")
    func evaluation() async throws {
        let loader = try ClipLoader.fakeEvaluation(9, FakeVideos(broken: [0, 1, 2, 3, 8]))
        let batches = try await loader.contents()
        #expect(batches.map(\.positions) == [[], [4, 5, 6, 7], []])
        #expect(batches.map { $0.skipped.map(\.position) } == [[0, 1, 2, 3], [], [8]])
        #expect(batches[1].clips.count == 4 * 6 && batches[1].labels == [[1], [2], [0], [1]])
        let health = loader.health
        #expect(health.samples == 4 && health.skippedSamples == 5)
        let json = try JSONDecoder().decode(LoaderHealth.self, from: JSONEncoder().encode(health))
        #expect(json.skipped == health.skipped && json.samples == 4)
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/video")

    private struct Expectation: Decodable { let expect: String }

    @Test("every recorded file is used or skipped with its status")
    func recorded() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".expected.json") && !$0.hasPrefix("rawframes")
        }.map { String($0.dropLast(".expected.json".count)) }.sorted()
        #expect(names.count >= 25)
        let list = names.map { VideoSample(source: .file(Self.folder.path + "/" + $0), labels: []) }
        var settings = LoaderSettings()
        (settings.batch, settings.workers) = (5, 2)
        let clips = EvaluationClips(sampling: .segments, shortSide: 16, resize: .pillowBicubic)
        let loader = try ClipLoader(list, evaluation: clips, frames: 4, imageSize: 16, settings: settings)
        let batches = try await loader.contents()
        let skipped = batches.flatMap(\.skipped), used = batches.flatMap(\.positions)
        #expect((used + skipped.map(\.position)).sorted() == Array(names.indices))
        for (position, name) in names.enumerated() {
            let file = Self.folder.appending(path: name + ".expected.json")
            let expected = try JSONDecoder().decode(Expectation.self, from: Data(contentsOf: file)).expect
            let video = skipped.first { $0.position == position }
            // The large picture is below the loader's limit of 64 million pixels, and can be read.
            if expected == "too_large" { continue }
            #expect(expected == (video?.status.rawValue ?? "frames"), "\(name)")
        }
        #expect(
            loader.health.flawed.contains { $0.path.hasSuffix("truncated_tail.mp4") && $0.statuses[0] == .truncated })
    }
}
