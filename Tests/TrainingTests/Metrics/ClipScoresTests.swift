import Foundation
import Testing
import Training

@Suite("Tables of scores")
struct ClipScoresTests {
    private let logits: [[Double]] = [[3, 1, 2, 0], [0, 4, 1, 3], [1, 2, 9, 3], [2, 2.5, 0, 1]]

    private func close(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test("restricted to some classes, logits and probabilities say the same")
    func restricted() throws {
        let whole = table(logits, [0, 1, 2, 3])
        let part = try whole.restricted(to: [3, 0, 1])
        #expect(part.classes == ["a", "b", "d"])
        #expect(part.paths == ["video0", "video1", "video3"])
        #expect(part.labels == [[0], [1], [2]])
        #expect(part.scores == [[3, 1, 0], [0, 4, 3], [2, 2.5, 1]])
        var probabilities = whole
        probabilities.kind = .probabilities
        probabilities.scores = whole.probabilities
        let other = try probabilities.restricted(to: [0, 1, 3])
        #expect(zip(other.probabilities, part.probabilities).allSatisfy(close))
    }

    @Test("several views: the softmax of each over the classes that compete, then the mean")
    func views() throws {
        var scores = ClipScores(
            paths: ["v"], labels: [[0]], scores: [[2, 0, 9, 0, 1, 9]], classes: ["a", "b", "c"])
        scores.kind = .logits
        scores.views = 2
        let part = try scores.restricted(to: [0, 1])
        #expect(part.scores == [[2, 0, 0, 1]])
        let first = 1 / (1 + exp(-2.0)), second = 1 / (1 + exp(1.0))
        #expect(close(part.probabilities[0], [(first + second) / 2, 1 - (first + second) / 2]))
        #expect(try ClassificationReport(part).top1 == 1)
    }

    @Test("logits whose probabilities vanish still differ")
    func far() throws {
        let report = try ClassificationReport(
            table([[2000, 1000, 999], [0, 5000, 1]], [1, 2]).restricted(to: [1, 2]))
        #expect(report.top1 == 1 / 2.0)
        let single = try ClassificationReport(table([[-3000, -2000]], [1]))
        #expect(single.top1 == 1 && single.ece == 0)
    }

    @Test("the unreadable go with their class")
    func unreadable() throws {
        let broken = [
            UnreadableVideo(path: "x", reason: "r", labels: [2]), UnreadableVideo(path: "y", reason: "r", labels: [0]),
            UnreadableVideo(path: "z", reason: "r"),
        ]
        let part = try table(logits, [0, 1, 2, 3], unreadable: broken).restricted(to: [2, 3])
        #expect(part.unreadable.map(\.path) == ["x"] && part.unreadable[0].labels == [0])
        #expect(part.videos == 3)
    }

    @Test("classes that cannot compete are refused", arguments: [[], [0, 0], [4], [-1]])
    func classes(_ chosen: [Int]) {
        #expect(throws: TrainingError.self) { try table(logits, [0, 1, 2, 3]).restricted(to: chosen) }
    }

    @Test("a split's videos, in its order")
    func paths() throws {
        let whole = table(logits, [0, 1, 2, 3], unreadable: [UnreadableVideo(path: "x", reason: "r", labels: [1])])
        let part = try whole.restricted(toPaths: ["video2", "x", "video0"])
        #expect(part.paths == ["video2", "video0"] && part.positions == [0, 2])
        #expect(part.unreadable.map(\.position) == [1] && part.labels == [[2], [0]])
        for bad in [["video9"], ["video1", "video1"]] {
            #expect(throws: TrainingError.self) { try whole.restricted(toPaths: bad) }
        }
    }

    @Test("processes' parts make the table of one process", arguments: 1...4)
    func merged(_ count: Int) throws {
        var whole = table(logits, [0, 1, 2, 3])
        whole.positions = [0, 1, 3, 4]
        whole.unreadable = [UnreadableVideo(path: "x", reason: "r", labels: [1], position: 2)]
        let shards = (0..<count).map { rank in
            var shard = whole
            let rows = whole.positions.indices.filter { whole.positions[$0] % count == rank }
            shard.paths = rows.map { whole.paths[$0] }
            shard.labels = rows.map { whole.labels[$0] }
            shard.scores = rows.map { whole.scores[$0] }
            shard.positions = rows.map { whole.positions[$0] }
            shard.unreadable = 2 % count == rank ? whole.unreadable : []
            return shard
        }
        #expect(try ClipScores.merged(shards.reversed(), videos: 5) == whole)
        #expect(throws: TrainingError.self) { try ClipScores.merged(shards, videos: 6) }
        #expect(throws: TrainingError.self) { try ClipScores.merged(shards + [shards[0]], videos: 5) }
        #expect(throws: TrainingError.self) { try ClipScores.merged([], videos: 0) }
    }

    @Test("the surest mistakes come first")
    func mistakes() throws {
        let scores = table(
            [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.2, 0.8], [.nan, 0]], [1, 0, 0, 1, 0], kind: .probabilities)
        let mistakes = try scores.mostConfidentMistakes(2)
        #expect(mistakes.map(\.path) == ["video0", "video1"])
        #expect(mistakes[0].predicted == "a" && mistakes[0].actual == ["b"])
        #expect(mistakes[0].confidence == 0.9 && mistakes[0].ownConfidence == 0.1)
        #expect(try scores.mostConfidentMistakes(9).count == 3)
        #expect(try scores.mostConfidentMistakes(-1).isEmpty)
    }
}
