import Datasets
import Testing
import Training

@Suite("Actions found in time")
struct SegmentPrecisionTests {
    private func video(_ actions: [(String, Double, Double)]) -> SegmentedVideo {
        SegmentedVideo(
            path: "v", duration: 100, actions: actions.map { TimedAction(label: $0.0, start: $0.1, end: $0.2) })
    }

    private func found(_ label: String, _ start: Double, _ end: Double, _ confidence: Double, in video: Int = 0)
        -> DetectedAction
    {
        DetectedAction(video: video, label: label, start: start, end: end, confidence: confidence)
    }

    private func average(_ detections: [DetectedAction], _ videos: [SegmentedVideo], _ threshold: Double) -> Double {
        SegmentPrecision.average(detections, videos, label: "a", threshold: threshold)
    }

    @Test("the overlap in time is the common part of both together")
    func overlap() {
        #expect(SegmentPrecision.overlap((0, 4), (2, 6)) == 2.0 / 6)
        #expect(SegmentPrecision.overlap((0, 4), (0, 4)) == 1)
        #expect(SegmentPrecision.overlap((0, 4), (1, 2)) == 0.25)
        #expect(SegmentPrecision.overlap((0, 4), (4, 6)) == 0)
        #expect(SegmentPrecision.overlap((0, 4), (5, 6)) == 0)
        #expect(SegmentPrecision.overlap((3, 3), (3, 3)) == 0)
    }

    @Test("thresholds are reached, not exceeded")
    func threshold() {
        let videos = [video([("a", 0, 4)])]
        #expect(average([found("a", 0, 2, 1)], videos, 0.5) == 1)
        #expect(average([found("a", 0, 1.9, 1)], videos, 0.5) == 0)
        #expect(average([], videos, 0.5) == 0)
        #expect(average([found("a", 0, 2, 1)], [video([("b", 0, 4)])], 0.5) == 0)
        #expect(average([found("a", 0, 4, 1, in: 7)], videos, 0.5) == 0, "a video that is none of the list's")
    }

    @Test("precision is interpolated over recall, by hand")
    func interpolation() {
        let videos = [video([("a", 0, 10), ("a", 20, 30)]), video([("a", 0, 10)])]
        // right, wrong, right, right: precisions 1, 1/2, 2/3, 3/4; interpolated at each third of recall: 1, 3/4, 3/4.
        let detections = [
            found("a", 0, 10, 0.9), found("a", 50, 60, 0.8), found("a", 20, 29, 0.7), found("a", 0, 10, 0.6, in: 1),
        ]
        #expect(abs(average(detections, videos, 0.5) - (1 + 0.75 + 0.75) / 3) < 1e-12)
        #expect(abs(average(detections.reversed(), videos, 0.5) - (1 + 0.75 + 0.75) / 3) < 1e-12, "order is confidence")
        // At 0.95 the third is wrong too: 1, 1/2, 1/3, 2/4 and two of three found: 1, 1/2.
        #expect(abs(average(detections, videos, 0.95) - (1 + 0.5) / 3) < 1e-12)
    }

    @Test("an action is found once; a second detection takes another one or is wrong")
    func greedy() {
        let videos = [video([("a", 0, 10), ("a", 8, 18)])]
        // Both overlap the first most, but the second still reaches the other: 5 of 16.
        let both = [found("a", 0, 10, 0.9), found("a", 2, 13, 0.8)]
        #expect(average(both, videos, 0.3) == 1)
        // Right, then wrong: one of two found at precision 1.
        #expect(average(both, videos, 0.5) == 0.5)
        // Wrong first: precision 1/2 when the first is found.
        #expect(average([found("a", 40, 50, 0.9), found("a", 0, 10, 0.8)], videos, 0.5) == 0.25)
    }

    @Test("the mean is over the classes that occur")
    func classes() {
        let videos = [video([("a", 0, 10), ("b", 10, 20)])]
        let detections = [found("a", 0, 10, 0.5), found("c", 0, 10, 0.9), found("b", 10, 14, 0.4)]
        #expect(SegmentPrecision.mean(detections, videos, thresholds: [0.3, 0.5]) == [1, 0.5])
        #expect(SegmentPrecision.mean(detections, [video([])], thresholds: [0.3]) == [0])
        #expect(SegmentPrecision.activityNet == [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
    }
}

@Suite("When actions are recognised")
struct DecisionTraceTests {
    private func trace(_ outcomes: [String?]) -> DecisionTrace {
        DecisionTrace(outcomes.enumerated().map { .init(time: Double($0.offset), outcome: $0.element) })
    }

    private let action = TimedAction(label: "a", start: 1.5, end: 6.5)

    @Test("the delay is that of the first decision that stays")
    func delay() {
        #expect(trace(["b", "b", "b", "a", "a", "a", "a"]).delay(of: action, stability: 1) == 1.5)
        #expect(trace(["a", "a", "a", "b", "a", "a", "a"]).delay(of: action, stability: 1) == 2.5)
        #expect(trace(["a", "a", "a", "b", "a", "a", "a"]).delay(of: action, stability: 0.5) == 0.5)
        #expect(
            trace(["b", "b", "b", nil, "b", "b", "a"]).delay(of: action, stability: 1) == 4.5, "as far as it lasts")
        #expect(trace(["a", "a", "b", "b", "b", "b", "b", "a"]).delay(of: action, stability: 1) == nil)
        #expect(trace([]).delay(of: action, stability: 1) == nil)
    }

    @Test("flicker counts changes in a minute, unknown included")
    func flicker() {
        #expect(trace(["a", "a", nil, "a", "b"]).flicker == 45)
        #expect(trace(["a"]).flicker == 0 && trace([]).flicker == 0)
    }

    @Test("agreement counts decisions while something is done")
    func agreement() {
        let actions = [TimedAction(label: "a", start: 0, end: 2), TimedAction(label: "b", start: 3, end: 5)]
        let result = trace(["a", "b", "a", "b", nil, "b"]).agreement(with: actions)
        #expect(result.right == 2 && result.all == 4)
    }

    @Test("the report gathers all of it")
    func report() throws {
        let actions = [TimedAction(label: "a", start: 0, end: 4), TimedAction(label: "b", start: 4, end: 6)]
        let list = SegmentList(
            labels: ["a", "b", "c"], videos: [SegmentedVideo(path: "v", duration: 6, actions: actions)])
        let detections = [
            DetectedAction(video: 0, label: "a", start: 0, end: 4, confidence: 0.9),
            DetectedAction(video: 0, label: "b", start: 4, end: 5.2, confidence: 0.8),
        ]
        let report = try SegmentReport(
            list, detections: detections, traces: [trace([nil, "a", "a", "a", "a", "b"])], stability: 1)
        #expect(report.videos == 1 && report.actions == 2 && report.recognized == 1)
        // tIoU of b is 0.6: right at 0.3, 0.5, 0.55 and 0.6.
        #expect(report.meanPrecision30 == 1 && report.meanPrecision50 == 1 && report.meanPrecision70 == 0.5)
        #expect(abs(report.meanPrecision - (3 * 1 + 7 * 0.5) / 10) < 1e-12)
        #expect(abs(report.agreement - 4.0 / 6) < 1e-12)
        #expect(report.delayMedian == 1 && report.delay95 == 1)
        #expect(abs(report.flicker - 20) < 1e-9 && abs(report.trueChanges - 10) < 1e-9)
        #expect(throws: TrainingError.self) { try SegmentReport(list, detections: [], traces: []) }
    }
}
