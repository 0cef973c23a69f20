import Foundation
import Testing

@testable import Training

/// A table with one class a video; classes are called a, b, c, ….
func table(
    _ scores: [[Double]], _ labels: [Int], unreadable: [UnreadableVideo] = [], kind: ClipScores.Kind = .logits
) -> ClipScores {
    let names = (0..<(scores.first?.count ?? 2)).map { String(UnicodeScalar(UInt8(97 + $0))) }
    var table = ClipScores(
        paths: labels.indices.map { "video\($0)" }, labels: labels.map { [$0] }, scores: scores, classes: names,
        unreadable: unreadable)
    table.kind = kind
    table.isMultiLabel = false
    return table
}

@Suite("Reports from scores")
struct ClassificationReportTests {
    /// Seven classes; 0 and 1, 2 and 3 are pairs.
    private let partners: [Int?] = [1, 0, 3, 2, nil, nil, nil]

    private let scores: [[Double]] = [
        [9, 1, 2, 3, 4, 5, 6],  // 0: right, above its partner
        [8, 9, 2, 3, 4, 5, 6],  // 0: its partner is first; second itself
        [1, 2, 3, 4, 5, 6, 7],  // 0: last; below the partner
        [0, 0, 5, 4, 9, 1, 2],  // 2: second, above its partner, another class first
        [1, 2, 3, 4, 9, 5, 6],  // 4: right, has no partner
        [6, 5, 4, 3, 2, 9, 1],  // 4: sixth
    ]

    @Test("counts by hand")
    func counts() throws {
        let report = try ClassificationReport(table(scores, [0, 0, 0, 2, 4, 4]), partners: partners)
        #expect(report.videos == 6 && report.readable == 6 && report.unreadable == 0)
        #expect(report.classes == 7)
        #expect(report.top1 == 2 / 6.0 && report.top1OverAll == report.top1)
        #expect(report.top5 == 4 / 6.0 && report.top5OverAll == report.top5)
        #expect(report.orderBlindTop1 == 3 / 6.0)
        #expect(report.withinPairs == 2 / 4.0)
        let mean = try #require(report.meanClassAccuracy)
        #expect(abs(mean - (1 / 3.0 + 0 + 1 / 2.0) / 3) < 1e-15)
        #expect(report.classesWithoutVideos == 4)
        #expect(report.mAP == nil)
    }

    @Test("who is taken for whom, by hand")
    func confusions() throws {
        let report = try ClassificationReport(table(scores, [0, 0, 0, 2, 4, 4]))
        let matrix = try #require(report.confusion)
        #expect(matrix.rows[0] == [1, 1, 0, 0, 0, 0, 1])
        #expect(matrix.rows[2] == [0, 0, 0, 0, 1, 0, 0])
        #expect(matrix.rows[4] == [0, 0, 0, 0, 1, 1, 0])
        #expect(matrix.totals == [3, 0, 1, 0, 2, 0, 0])
        let cells = matrix.confusions.map { "\($0.actual) \($0.predicted) \($0.count)" }
        #expect(cells == ["0 1 1", "0 6 1", "2 4 1", "4 5 1"])
        let first = report.perClass[0]
        #expect(first.name == "a" && first.videos == 3 && first.correct == 1 && first.accuracy == 1 / 3.0)
        #expect(first.confusion == report.perClass[0].confusion && first.confusion?.name == "b")
        #expect(report.perClass[1].accuracy == nil && report.perClass[1].confusion == nil)
    }

    @Test("the fullest confusion comes first")
    func fullest() throws {
        let scores: [[Double]] = [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
        let report = try ClassificationReport(table(scores, [0, 0, 0, 0]))
        #expect(report.perClass[0].confusion?.name == "c" && report.perClass[0].confusion?.videos == 2)
    }

    @Test("what cannot be read is wrong in one figure and left out of the other")
    func unreadable() throws {
        let broken = UnreadableVideo(path: "x", reason: "damaged", labels: [4])
        let report = try ClassificationReport(table(scores, [0, 0, 0, 2, 4, 4], unreadable: [broken, broken]))
        #expect(report.videos == 8 && report.readable == 6 && report.unreadable == 2)
        #expect(report.top1 == 2 / 6.0 && report.top1OverAll == 2 / 8.0)
        #expect(report.top5 == 4 / 6.0 && report.top5OverAll == 4 / 8.0)
        let logged = report.scalars(prefix: "validation/")
        #expect(logged["validation/top1"] == 2 / 8.0 && logged["validation/top5"] == 4 / 8.0)
        #expect(report.perClass.map(\.unreadable) == [0, 0, 0, 0, 2, 0, 0])
        let nothing = try ClassificationReport(
            ClipScores(
                paths: [], labels: [], scores: [], classes: ["a", "b"],
                unreadable: [broken].map { video in
                    var video = video
                    video.labels = [1]
                    return video
                }))
        #expect(nothing.top1 == 0 && nothing.top1OverAll == 0 && nothing.ece == nil)
    }

    @Test("without partners there is nothing to say about order")
    func noPartners() throws {
        let report = try ClassificationReport(table([[1, 2], [3, 1]], [1, 0]))
        #expect(report.orderBlindTop1 == nil)
        #expect(report.withinPairs == nil)
        #expect(report.top1 == 1)
        #expect(report.top5 == 1)
        let others = try ClassificationReport(table([[1, 2, 3]], [2]), partners: [1, 0, nil])
        #expect(others.withinPairs == nil, "no clip's class has a partner")
    }

    @Test("a model that scores all classes alike knows nothing", arguments: [0.0, -3, .nan, .infinity])
    func ties(_ score: Double) throws {
        let scores = Array(repeating: Array(repeating: score, count: 7), count: 7)
        let report = try ClassificationReport(table(scores, Array(0..<7)), partners: partners)
        #expect(report.top1 == 0)
        #expect(report.top5 == 0)
        #expect(report.orderBlindTop1 == 0)
        #expect(report.withinPairs == 0)
        #expect(report.meanClassAccuracy == 0)
        let matrix = try #require(report.confusion)
        #expect(matrix.cells.allSatisfy { $0.actual != $0.predicted })
        #expect(matrix.totals == Array(repeating: 1, count: 7))
        #expect(matrix.undecided == Array(repeating: score.isNaN ? 1 : 0, count: 7))
        #expect((report.ece == nil) == !score.isFinite)
    }

    @Test("one score that is no number makes a miss, wherever it is", arguments: 0..<3)
    func notANumber(_ place: Int) throws {
        var row = [5.0, 1, 2]
        row[place] = .nan
        let report = try ClassificationReport(table([row], [0]))
        #expect(report.top1 == 0 && report.confusion?.undecided == [1, 0, 0])
        let single = try ClassificationReport(table([[.nan]], [0]))
        #expect(single.top1 == 0)
    }

    @Test("a tie with the partner is right without regard to order only")
    func tiedPair() throws {
        let report = try ClassificationReport(table([[5, 5, 1, 2, 3, 4, 0]], [1]), partners: partners)
        #expect(report.top1 == 0)
        #expect(report.top5 == 1)
        #expect(report.orderBlindTop1 == 1)
        #expect(report.withinPairs == 0)
        #expect(report.confusion?.rows[1] == [1, 0, 0, 0, 0, 0, 0])
    }

    @Test("a video of several classes is right where one of them is first")
    func multiLabel() throws {
        let scores = ClipScores(
            paths: ["p", "q", "r"], labels: [[0, 2], [1], []],
            scores: [[0.1, 0.5, 0.9], [0.6, 0.7, 0.2], [0.9, 0.1, 0.3]], classes: ["a", "b", "c"])
        let report = try ClassificationReport(scores)
        #expect(report.top1 == 2 / 3.0)
        #expect(report.confusion == nil && report.ece == nil && report.meanClassAccuracy == nil)
        // a: one positive at the lowest of three; b: one at the top; c: one at the top.
        #expect(report.perClass.map(\.averagePrecision) == [1 / 3.0, 1, 1])
        let mean = try #require(report.mAP)
        #expect(abs(mean - (1 / 3.0 + 2) / 3) < 1e-15)
        #expect(report.perClass.map(\.correct) == [0, 1, 1])
    }

    @Test("a report survives JSON, with equal bytes")
    func json() throws {
        for partners in [partners, []] {
            let report = try ClassificationReport(table(scores, [0, 0, 0, 2, 4, 4]), partners: partners)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let bytes = try encoder.encode(report)
            let back = try JSONDecoder().decode(ClassificationReport.self, from: bytes)
            #expect(back == report)
            #expect(try encoder.encode(back) == bytes)
        }
        let bad = #"{"classes":["a"],"cells":[{"actual":0,"predicted":1,"count":1}],"undecided":[0]}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: Data(bad.utf8)) }
    }

    @Test("tables that do not fit are refused")
    func refused() throws {
        let good = table(scores, [0, 0, 0, 2, 4, 4])
        let changes: [(inout ClipScores) -> Void] = [
            { $0.paths.removeLast() }, { $0.labels.removeLast() }, { $0.scores[3].removeLast() },
            { $0.labels[2] = [7] }, { $0.labels[2] = [-1] }, { $0.labels[2] = [] }, { $0.labels[2] = [0, 1] },
            { $0.classes = [] }, { $0.views = 0 }, { $0.views = 2 }, { $0.positions = [1] },
            { $0.unreadable = [UnreadableVideo(path: "u", reason: "r", labels: [9])] },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            #expect(throws: TrainingError.self) { try ClassificationReport(bad) }
        }
        #expect(throws: TrainingError.self) { try ClassificationReport(good, partners: [1]) }
        #expect(throws: TrainingError.self) { try ClassificationReport(good, partners: [7, 0, 3, 2, nil, nil, nil]) }
        #expect(throws: TrainingError.self) {
            try ClassificationReport(ClipScores(paths: [], labels: [], scores: [], classes: ["a"]))
        }
    }
}
