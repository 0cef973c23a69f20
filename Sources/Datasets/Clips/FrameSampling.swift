public import Video

/// Which frames of a video make a clip; the number of frames is the model's.
public enum FrameSampling: Sendable, Equatable, Codable {
    /// ActionCLIP: one frame of each of equal parts, drawn while training.
    case segments
    /// ActionCLIP without its `random_shift`: the centre of each part, while training too.
    case segmentCentres
    /// EVL, ST-Adapter and M2-CLIP without a rate: parts that share their ends.
    case uniform
    /// EVL, ST-Adapter and M2-CLIP with a rate: frames this far apart.
    case dense(stride: Int)

    /// The rule.
    ///
    /// - Parameters:
    ///   - frames: the number of frames of a clip.
    ///   - views: the number of clips of a video in evaluation.
    /// - Returns: the rule with its sizes.
    public func rule(frames: Int, views: Int = 1) -> TemporalSampling {
        switch self {
        case .segments, .segmentCentres: .actionCLIP(segments: frames)
        case .uniform: .uniform(frames: frames)
        case .dense(let stride): .dense(frames: frames, stride: stride, views: views)
        }
    }

    /// The frames of a training clip.
    ///
    /// - Parameters:
    ///   - frames: the number of frames of a clip.
    ///   - count: the number of frames of the video.
    ///   - draws: where random numbers come from.
    /// - Returns: frame numbers.
    /// - Throws: as the rule.
    public func trainingIndices(
        frames: Int, of count: Int, draws: inout some DrawSource
    ) throws(VideoError) -> [Int] {
        let rule = rule(frames: frames)
        guard self == .segmentCentres else { return try rule.trainingIndices(of: count, draws: &draws) }
        return try rule.evaluationIndices(of: count)[0]
    }

    var isDense: Bool {
        if case .dense = self { true } else { false }
    }

    var problem: String? {
        if case .dense(let stride) = self, !(1...100_000).contains(stride) { return "the stride must be at least 1" }
        return nil
    }
}
