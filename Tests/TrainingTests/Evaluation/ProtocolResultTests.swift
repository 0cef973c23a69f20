import Foundation
import Testing
import Training

@Suite("Protocols on tables by hand")
struct ProtocolResultTests {
    /// Classes a to f; f has no videos.
    private let scores: [[Double]] = [
        [9, 1, 2, 3, 4, 8],  // a: right
        [5, 1, 9, 3, 4, 8],  // a: c is first, f second; right without c and f
        [9, 8, 1, 2, 3, 4],  // b: right without a
        [1, 2, 9, 3, 4, 5],  // c: right
        [1, 2, 3, 4, 5, 9],  // d: e and f are above
        [1, 2, 3, 4, 5, 0],  // e: right
    ]
    private let labels = [0, 0, 1, 2, 3, 4]

    @Test("half of the classes: their videos and texts only, classes without videos do not compete")
    func half() throws {
        let result = try ProtocolResult.zeroShotHalf(
            table(scores, labels), trials: [[5, 0, 1], [2, 0], [3, 5], [3, 4, 2]])
        #expect(result.protocol == .zeroShotHalf)
        // f has no videos, so a and b compete: right, right, wrong. Then a, c: right, wrong, right. Then d alone: right.
        // Then c, d, e: right, wrong, right.
        let third = 1 / 3.0
        #expect(result.top1.values == [2 * third, 2 * third, 1, 2 * third])
        #expect(result.parts.map(\.report.classes) == [2, 2, 1, 3])
        #expect(result.parts.map(\.report.videos) == [3, 3, 1, 3])
        #expect(result.parts.map(\.name) == ["trial 0", "trial 1", "trial 2", "trial 3"])
        let variance = (3.0 / 144 + 1.0 / 16) / 4
        #expect(abs(result.top1.mean - 0.75) < 1e-15)
        #expect(abs(result.top1.populationStd - variance.squareRoot()) < 1e-15)
        for bad in [[], [[5]], [[0, 0]], [[6]], [[]]] as [[[Int]]] {
            #expect(throws: TrainingError.self) {
                try ProtocolResult.zeroShotHalf(table(scores, labels), trials: bad)
            }
        }
    }

    @Test("a class whose only video is broken still competes, and the video is wrong")
    func halfWithBroken() throws {
        let broken = UnreadableVideo(path: "x", reason: "r", labels: [5])
        let result = try ProtocolResult.zeroShotHalf(
            table(scores, labels, unreadable: [broken]), trials: [[5, 0], [3, 4]])
        #expect(result.parts[0].report.classes == 2 && result.parts[0].report.videos == 3)
        #expect(result.top1.values == [1 / 3.0, 0.5])
        #expect(result.top1OfReadable.values == [0.5, 0.5])
    }

    @Test("splits, the full set and supervised")
    func lists() throws {
        let whole = table(scores, labels)
        let splits = try [["video0", "video2"], ["video3", "video4"], ["video5", "video1", "video0"]].map {
            try whole.restricted(toPaths: $0)
        }
        let result = try ProtocolResult.zeroShotSplits(splits)
        #expect(result.top1.values == [0.5, 0.5, 2 / 3.0])
        #expect(result.parts.map(\.name) == ["split 1", "split 2", "split 3"])
        #expect(try ProtocolResult.zeroShotFull(whole).top1.values == [0.5])
        let supervised = try ProtocolResult.supervised(whole, partners: [1, 0, nil, nil, nil, nil])
        #expect(supervised.parts[0].report.withinPairs == 2 / 3.0)
        #expect(supervised.trials(named: "all")?.values == [0.5] && supervised.trials(named: "base") == nil)
        #expect(throws: TrainingError.self) { try ProtocolResult.zeroShotSplits([]) }
        // Kinetics-600: each split has classes of its own. a and b: right, right, wrong.
        let own = try ProtocolResult.zeroShotSplits([whole, whole.restricted(to: [0, 1])])
        #expect(own.top1.values == [0.5, 2 / 3.0] && own.parts.map(\.report.classes) == [6, 2])
    }

    @Test("base and novel classes, each among themselves, and the harmonic mean of the means")
    func baseToNovel() throws {
        var other = table(scores, labels)
        other.scores[4] = [0, 0, 0, 9, 1, 2]
        let result = try ProtocolResult.baseToNovel(
            [table(scores, labels), other], base: [0, 1, 2], novel: [5, 4, 3])
        // Base: a right, a wrong, b wrong, c right. Novel: d, e, f: wrong, right; then right, right.
        #expect(result.trials(named: "base")?.values == [0.5, 0.5])
        #expect(result.trials(named: "novel")?.values == [0.5, 1])
        #expect(result.parts.map(\.report.classes) == [3, 3, 3, 3])
        #expect(abs(try #require(result.harmonicMean) - 2 * 0.5 * 0.75 / 1.25) < 1e-15)
        let nothing = table([[0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 1], [0, 0, 1, 0]], [0, 1, 2, 3])
        #expect(try ProtocolResult.baseToNovel([nothing], base: [0, 1], novel: [2, 3]).harmonicMean == 0)
        #expect(throws: TrainingError.self) {
            try ProtocolResult.baseToNovel([other], base: [0, 1], novel: [1, 2])
        }
        #expect(throws: TrainingError.self) { try ProtocolResult.baseToNovel([], base: [0], novel: [1]) }
    }

    @Test("few-shot models keep how many videos they saw")
    func fewShot() throws {
        let whole = table(scores, labels)
        let result = try ProtocolResult.fewShot([(2, "seed 1", whole), (4, "list s2", whole)])
        #expect(result.shots == [2, 4] && result.parts.map(\.name) == ["2 shots, seed 1", "4 shots, list s2"])
        #expect(result.harmonicMean == nil)
        #expect(throws: TrainingError.self) { try ProtocolResult.fewShot([(0, "x", whole)]) }
    }

    @Test("the names on the command line")
    func names() {
        #expect(
            EvaluationProtocol.allCases.map(\.rawValue) == [
                "supervised", "zero-shot-splits", "zero-shot-full", "zero-shot-half", "few-shot", "base-to-novel",
            ])
    }
}
