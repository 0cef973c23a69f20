import FixtureSupport
import Foundation
import Testing
import Training

/// Against scikit-learn 1.9, and the calibration error as its paper's equations in NumPy.
@Suite("Metrics against recorded values", .serialized)
struct RecordedMetricsTests {
    struct Case: Decodable {
        struct Single: Decodable {
            let logits: [[Double]], labels: [Int], confusion: [[Int]]
            let top1: Double, top5: Double, mean_class_accuracy: Double, ece: Double
        }
        struct Multi: Decodable {
            let scores: [[Double]], labels: [[Int]], average_precision: [Double?], mAP: Double
        }
        struct Half: Decodable {
            let logits: [[Double]], labels: [Int], trials: [[Int]], top1: [Double], mean: Double, std: Double
        }
        let single: [Single], multi: [Multi], half: Half
    }

    private static let fixtures = Fixture.all("metrics", "classification")

    @Test("there are cases")
    func present() { #expect(Fixture.own("metrics", "classification") != nil) }

    @Test("one class a video", arguments: fixtures)
    func single(_ fixture: Fixture) throws {
        for recorded in try fixture.decode(Case.self).single {
            let scores = table(recorded.logits, recorded.labels)
            let report = try ClassificationReport(scores)
            #expect(abs(report.top1 - recorded.top1) < 1e-12)
            #expect(abs(report.top5 - recorded.top5) < 1e-12)
            let mean = try #require(report.meanClassAccuracy), ece = try #require(report.ece)
            #expect(abs(mean - recorded.mean_class_accuracy) < 1e-12)
            #expect(report.confusion?.rows == recorded.confusion)
            #expect(abs(ece - recorded.ece) < 1e-12)
            var probabilities = scores
            probabilities.scores = scores.probabilities
            probabilities.kind = .probabilities
            let same = try ClassificationReport(probabilities)
            #expect(same.confusion == report.confusion)
            #expect(abs(try #require(same.ece) - recorded.ece) < 1e-12)
        }
    }

    @Test("several classes a video", arguments: fixtures)
    func multi(_ fixture: Fixture) throws {
        for recorded in try fixture.decode(Case.self).multi {
            let names = recorded.scores[0].indices.map(String.init)
            let scores = ClipScores(
                paths: recorded.labels.indices.map(String.init), labels: recorded.labels, scores: recorded.scores,
                classes: names)
            let report = try ClassificationReport(scores)
            #expect(abs(try #require(report.mAP) - recorded.mAP) < 1e-12)
            for (row, value) in zip(report.perClass, recorded.average_precision) {
                #expect((row.averagePrecision == nil) == (value == nil))
                #expect(abs((row.averagePrecision ?? 0) - (value ?? 0)) < 1e-12)
            }
            #expect(report.classesWithoutVideos == recorded.average_precision.count { $0 == nil })
        }
    }

    /// Ten draws by NumPy, one class never occurring.
    @Test("half of the classes, as the reference computes it", arguments: fixtures)
    func half(_ fixture: Fixture) throws {
        let recorded = try fixture.decode(Case.self).half
        let result = try ProtocolResult.zeroShotHalf(
            table(recorded.logits, recorded.labels), trials: recorded.trials)
        #expect(zip(result.top1.values, recorded.top1).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(result.top1.values.count == 10 && Set(result.top1.values).count > 3)
        #expect(abs(result.top1.mean - recorded.mean) < 1e-12)
        #expect(abs(result.top1.populationStd - recorded.std) < 1e-12)
    }
}
