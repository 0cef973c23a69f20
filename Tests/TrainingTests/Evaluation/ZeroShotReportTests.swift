import Foundation
import Testing
import Training

@Suite("Accuracies from scores")
struct ZeroShotReportTests {
    /// Seven classes; 0 and 1, 2 and 3 are pairs.
    private let partners: [Int?] = [1, 0, 3, 2, nil, nil, nil]

    @Test("counts by hand")
    func counts() {
        let scores: [[Double]] = [
            [9, 1, 2, 3, 4, 5, 6],  // 0: right, above its partner
            [8, 9, 2, 3, 4, 5, 6],  // 0: its partner is first; second itself
            [1, 2, 3, 4, 5, 6, 7],  // 0: last; below the partner
            [0, 0, 5, 4, 9, 1, 2],  // 2: second, above its partner, another class first
            [1, 2, 3, 4, 9, 5, 6],  // 4: right, has no partner
            [6, 5, 4, 3, 2, 9, 1],  // 4: sixth
        ]
        let report = ZeroShotReport(scores: scores, labels: [0, 0, 0, 2, 4, 4], partners: partners)
        #expect(report.clips == 6)
        #expect(report.classes == 7)
        #expect(report.top1 == 2 / 6.0)
        #expect(report.top5 == 4 / 6.0)
        #expect(report.orderBlindTop1 == 3 / 6.0)
        #expect(report.withinPairs == 2 / 4.0)
        #expect(abs(report.meanClassAccuracy - (1 / 3.0 + 0 + 1 / 2.0) / 3) < 1e-15)
    }

    @Test("without partners there is nothing to say about order")
    func noPartners() {
        let report = ZeroShotReport(scores: [[1, 2], [3, 1]], labels: [1, 0], partners: [nil, nil])
        #expect(report.orderBlindTop1 == nil)
        #expect(report.withinPairs == nil)
        #expect(report.top1 == 1)
        #expect(report.top5 == 1)
        let others = ZeroShotReport(scores: [[1, 2, 3]], labels: [2], partners: [1, 0, nil])
        #expect(others.withinPairs == nil, "no clip's class has a partner")
    }

    @Test("a model that scores all classes alike knows nothing", arguments: [0.0, -3, .nan, .infinity])
    func ties(_ score: Double) {
        let scores = Array(repeating: Array(repeating: score, count: 7), count: 7)
        let report = ZeroShotReport(scores: scores, labels: Array(0..<7), partners: partners)
        #expect(report.top1 == 0)
        #expect(report.top5 == 0)
        #expect(report.orderBlindTop1 == 0)
        #expect(report.withinPairs == 0)
        #expect(report.meanClassAccuracy == 0)
    }

    @Test("a tie with the partner is right without regard to order only")
    func tiedPair() {
        let report = ZeroShotReport(scores: [[5, 5, 1, 2, 3, 4, 0]], labels: [1], partners: partners)
        #expect(report.top1 == 0)
        #expect(report.top5 == 1)
        #expect(report.orderBlindTop1 == 1)
        #expect(report.withinPairs == 0)
    }

    @Test("a report survives JSON")
    func json() throws {
        for partners in [partners, [Int?](repeating: nil, count: 7)] {
            let report = ZeroShotReport(
                scores: [[5, 4, 1, 2, 3, 4, 0], [1, 2, 3, 0, 0, 0, 1]], labels: [0, 1], partners: partners)
            #expect(try JSONDecoder().decode(ZeroShotReport.self, from: JSONEncoder().encode(report)) == report)
        }
    }
}
