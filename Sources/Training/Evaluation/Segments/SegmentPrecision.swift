public import Datasets

/// Average precision of actions found in time.
///
///     tIoU(a, b) = |a ∩ b| / |a ∪ b|
///
/// Detections of a class are taken by falling confidence; each takes the action of its video with the largest tIoU that
/// is at least the threshold and not taken yet, else it is wrong. Precision is interpolated: at each recall the largest
/// precision at this or a higher recall. Source: the ActivityNet evaluation, `eval_detection.py`.
public enum SegmentPrecision {
    /// The thresholds of the mean that ActivityNet reports: 0.5, 0.55 … 0.95.
    public static let activityNet = (0..<10).map { Double(50 + 5 * $0) / 100 }

    /// How much two stretches of time have in common.
    ///
    /// - Parameters:
    ///   - a: a stretch, from its start to its end.
    ///   - b: another.
    /// - Returns: from 0 to 1.
    public static func overlap(_ a: (start: Double, end: Double), _ b: (start: Double, end: Double)) -> Double {
        let common = max(min(a.end, b.end) - max(a.start, b.start), 0)
        let union = (a.end - a.start) + (b.end - b.start) - common
        return union > 0 ? common / union : 0
    }

    /// The mean over classes of average precision, for each threshold.
    ///
    /// Classes that no video shows do not count.
    ///
    /// - Parameters:
    ///   - detections: of all videos.
    ///   - videos: what they show; detections name them by their position.
    ///   - thresholds: the least tIoU of a correct detection.
    /// - Returns: a figure from 0 to 1 for each threshold.
    public static func mean(
        _ detections: [DetectedAction], _ videos: [SegmentedVideo], thresholds: [Double]
    ) -> [Double] {
        let labels = Set(videos.flatMap { $0.actions.map(\.label) }).sorted()
        guard !labels.isEmpty else { return thresholds.map { _ in 0 } }
        return thresholds.map { threshold in
            let precisions = labels.map { average(detections, videos, label: $0, threshold: threshold) }
            return precisions.reduce(0, +) / Double(labels.count)
        }
    }

    /// The average precision of one class.
    ///
    /// - Parameters:
    ///   - detections: of all videos and classes.
    ///   - videos: what they show.
    ///   - label: the class.
    ///   - threshold: the least tIoU of a correct detection.
    /// - Returns: from 0 to 1; 0 where no video shows the class.
    public static func average(
        _ detections: [DetectedAction], _ videos: [SegmentedVideo], label: String, threshold: Double
    ) -> Double {
        let truth = videos.map { $0.actions.filter { $0.label == label } }
        let count = truth.reduce(0) { $0 + $1.count }
        guard count > 0 else { return 0 }
        let own = detections.filter { $0.label == label && videos.indices.contains($0.video) }
        let order = own.indices.sorted {
            own[$0].confidence != own[$1].confidence ? own[$0].confidence > own[$1].confidence : $0 < $1
        }
        var taken = truth.map { $0.map { _ in false } }
        let isRight = order.map { number in
            let detection = own[number]
            guard let place = match(detection, truth[detection.video], taken[detection.video], threshold) else {
                return false
            }
            taken[detection.video][place] = true
            return true
        }
        return interpolated(isRight, of: count)
    }

    /// The free action that overlaps most, if enough.
    private static func match(
        _ detection: DetectedAction, _ actions: [TimedAction], _ taken: [Bool], _ threshold: Double
    ) -> Int? {
        let overlaps = actions.map { overlap((detection.start, detection.end), ($0.start, $0.end)) }
        return actions.indices.filter { !taken[$0] && overlaps[$0] >= threshold }
            .max { overlaps[$0] != overlaps[$1] ? overlaps[$0] < overlaps[$1] : $0 > $1 }
    }

    /// The area under interpolated precision over recall.
    private static func interpolated(_ isRight: [Bool], of count: Int) -> Double {
        var (right, precisions) = (0, [Double]())
        for (number, isRight) in isRight.enumerated() {
            right += isRight ? 1 : 0
            precisions.append(Double(right) / Double(number + 1))
        }
        var (best, area) = (0.0, 0.0)
        for number in isRight.indices.reversed() {
            best = max(best, precisions[number])
            if isRight[number] { area += best / Double(count) }
        }
        return area
    }
}
