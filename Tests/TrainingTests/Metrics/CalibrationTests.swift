import Foundation
import Testing
import Training

@Suite("Calibration, average precision and trials")
struct CalibrationTests {
    @Test("bins hold their upper edge and not their lower one")
    func edges() throws {
        let calibration = try #require(
            Calibration(confidences: [0.25, 0.250001, 0.5, 1, 0], hits: [true, false, true, true, false], bins: 4))
        #expect(calibration.bins.map(\.videos) == [2, 2, 0, 1])
        #expect(calibration.bins.map(\.accuracy) == [0.5, 0.5, 0, 1])
        #expect(calibration.bins[0].confidence == 0.125)
        let expected = 2 / 5.0 * abs(0.5 - 0.125) + 2 / 5.0 * abs(0.5 - 0.3750005)
        #expect(abs(calibration.error - expected) < 1e-12)
    }

    @Test("a model that is as often right as it says has no error")
    func perfect() throws {
        let calibration = try #require(
            Calibration(confidences: Array(repeating: 0.75, count: 4), hits: [true, true, true, false]))
        #expect(calibration.error == 0 && calibration.bins.count == 15)
    }

    @Test("what is no probability has no calibration", arguments: [-0.1, 1.2, .nan, .infinity])
    func impossible(_ confidence: Double) {
        #expect(Calibration(confidences: [0.5, confidence], hits: [true, true]) == nil)
        #expect(Calibration(confidences: [], hits: []) == nil)
    }

    @Test("average precision by hand")
    func precision() {
        // scikit-learn's own example: 0.83.
        let example = AveragePrecision(
            scores: [[0.1], [0.4], [0.35], [0.8]], labels: [[], [], [0], [0]], classes: 1)
        #expect(abs((example.mean ?? 0) - (0.5 + 0.5 * 2 / 3)) < 1e-15)
        // All equal: one step, whose precision is the share of positives.
        let tied = AveragePrecision(scores: [[1], [1], [1], [1]], labels: [[0], [], [], []], classes: 1)
        #expect(tied.mean == 0.25)
        let none = AveragePrecision(scores: [[1, 2]], labels: [[]], classes: 2)
        #expect(none.mean == nil && none.classesWithoutPositives == 2)
        let lost = AveragePrecision(scores: [[.nan], [-5], [3]], labels: [[0], [], []], classes: 1)
        #expect(abs((lost.mean ?? 0) - 1 / 3.0) < 1e-15)
    }

    @Test("mean and both deviations")
    func trials() throws {
        let trials = Trials([2, 4, 4, 4, 5, 5, 7, 9])
        #expect(trials.mean == 5 && trials.populationStd == 2)
        #expect(abs((trials.sampleStd ?? 0) - (32.0 / 7).squareRoot()) < 1e-15)
        #expect(Trials([3]).sampleStd == nil && Trials([3]).populationStd == 0)
        let bytes = try JSONEncoder().encode(trials)
        #expect(try JSONDecoder().decode(Trials.self, from: bytes) == trials)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"populationStd\":2"))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Trials.self, from: Data(#"{"values":[]}"#.utf8))
        }
    }
}
