/// Which frames of a video make a clip: the rules of the methods that this project ports.
///
/// All indices count decodable frames from 0 in presentation order. A rule answers for every video with at least one
/// frame. Source: video specification 3.1 and 3.2, checked against tables made by the reference code.
public enum TemporalSampling: Sendable, Hashable {
    /// What becomes of positions past the end of a short video, in mmaction2.
    public enum OutOfBound: String, Sendable, Codable, CaseIterable {
        /// Start again at frame 0.
        case loop
        /// Repeat the largest position that is inside.
        case repeatLast = "repeat_last"
    }

    /// What becomes of a video that is shorter than the span, in EVL's training.
    public enum ShortClip: String, Sendable, Codable, CaseIterable {
        /// Repeat the last index that was sampled, as the reference does.
        case reference
        /// Repeat the last frame of the video, as the reference does in evaluation.
        case clamp
    }

    /// ActionCLIP: one place in each of `segments` equal parts, `length` consecutive frames from there.
    case actionCLIP(segments: Int, length: Int = 1)
    /// M2-CLIP on Something-Something, ST-Adapter, EVL without a stride: parts of `(n - 1) / frames` that share ends.
    case uniform(frames: Int)
    /// EVL, M2-CLIP and ST-Adapter on Kinetics: `frames` frames, `stride` apart; `views` clips in evaluation.
    case dense(frames: Int, stride: Int, views: Int = 1, shortClip: ShortClip = .reference)
    /// mmaction2 `SampleFrames` with single frames, ViFi-CLIP: one frame of each of `clips` parts.
    case segments(clips: Int, outOfBound: OutOfBound = .loop)
    /// ViFi-CLIP's older test rule for the same segments; trains as `segments`.
    case segmentCentres(clips: Int)
    /// mmaction2 `SampleFrames` with clips of `frames` frames, `stride` apart.
    case mmactionDense(frames: Int, stride: Int, clips: Int = 1, outOfBound: OutOfBound = .loop)
    /// mmaction2 `UniformSample`, the VideoMAE form of `uniform` with several test clips.
    case mmactionUniform(frames: Int, clips: Int = 1)
    /// TSM `DenseSampleFrames`: `frames` frames spread over a window, wrapping around; `views` starts in evaluation.
    case tsmDense(frames: Int, window: Int = 64, views: Int = 10)
    /// SlowFast and MViT: real positions, with the clip's length scaled from `targetRate` to the video's own rate.
    case slowFast(
        frames: Int, stride: Int, targetRate: Double = 30, rate: Double = 30, clips: Int = 1, usesOffset: Bool = false)

    /// The number of frames in one clip.
    public var frameCount: Int {
        switch self {
        case .actionCLIP(1, _): 1
        case .actionCLIP(let segments, let length): segments * length
        case .uniform(let frames), .dense(let frames, _, _, _), .mmactionDense(let frames, _, _, _),
            .mmactionUniform(let frames, _), .tsmDense(let frames, _, _), .slowFast(let frames, _, _, _, _, _):
            frames
        case .segments(let clips, _), .segmentCentres(let clips): clips
        }
    }

    /// The frames of one training clip.
    ///
    /// - Parameters:
    ///   - count: the number n of decodable frames.
    ///   - draws: where random numbers come from; each rule draws in the order of its segments.
    /// - Returns: frame numbers of the clips, one clip after the other (mmaction2's rules may give several).
    /// - Throws: `noFrames` for an empty video, `invalidRequest` for settings that make no clip.
    public func trainingIndices(of count: Int, draws: inout some DrawSource) throws(VideoError) -> [Int] {
        try check(count)
        switch self {
        case .actionCLIP(let segments, let length):
            return ActionCLIPSampling.training(count, segments, length, &draws)
        case .uniform(let frames), .mmactionUniform(let frames, _):
            return UniformSampling.training(count, frames, &draws)
        case .dense(let frames, let stride, _, let short):
            return DenseSampling.training(count, frames, stride, short, &draws)
        case .segments(let clips, let bound):
            let offsets = MMActionSampling.trainingOffsets(count, span: 1, clips, &draws)
            return bound.fold(clipwise: offsets.map { [$0] }, count).flatMap { $0 }
        case .segmentCentres(let clips):
            return try TemporalSampling.segments(clips: clips).trainingIndices(of: count, draws: &draws)
        case .mmactionDense(let frames, let stride, let clips, let bound):
            let offsets = MMActionSampling.trainingOffsets(count, span: frames * stride, clips, &draws)
            return bound.fold(clipwise: offsets.map { start in (0..<frames).map { start + $0 * stride } }, count)
                .flatMap { $0 }
        case .tsmDense(let frames, let window, _):
            let places = max(1, 1 + count - window)
            let start = places == 1 ? 0 : draws.integer(in: 0..<places - 1)
            return (0..<frames).map { (start + $0 * (window / frames)) % count }
        case .slowFast(let frames, _, _, _, _, _):
            let slide = max(Double(count) - slowFastSpan, 0)
            return SlowFastSampling.indices(count, frames, start: draws.real(in: 0..<slide), span: slowFastSpan)
        }
    }

    /// The frames of each evaluation clip.
    ///
    /// - Parameter count: the number n of decodable frames.
    /// - Returns: one list of frame numbers for each temporal view.
    /// - Throws: `noFrames` for an empty video, `invalidRequest` for settings that make no clip.
    public func evaluationIndices(of count: Int) throws(VideoError) -> [[Int]] {
        try check(count)
        switch self {
        case .actionCLIP(let segments, let length): return [ActionCLIPSampling.evaluation(count, segments, length)]
        case .uniform(let frames): return [UniformSampling.evaluation(count, frames)]
        case .dense(let frames, let stride, let views, _):
            return DenseSampling.evaluation(count, frames, stride, views)
        case .segments(let clips, let bound):
            let length = Double(count) / Double(clips)
            return bound.fold(clipwise: [(0..<clips).map { Int(Double($0) * length + length / 2) }], count)
        case .segmentCentres(let clips):
            let length = Double(count) / Double(clips)
            return [(0..<clips).map { Int(length / 2 + length * Double($0)) }]
        case .mmactionDense(let frames, let stride, let clips, let bound):
            let offsets = MMActionSampling.evaluationOffsets(count, span: (frames - 1) * stride + 1, clips)
            return bound.fold(clipwise: offsets.map { start in (0..<frames).map { start + $0 * stride } }, count)
        case .mmactionUniform(let frames, let clips): return UniformSampling.evaluation(count, frames, clips: clips)
        case .tsmDense(let frames, let window, let views):
            let last = Double(max(1, 1 + count - window) - 1)
            return (0..<views).map { view in
                let start = views == 1 ? 0 : Int(Double(view) * (last / Double(views - 1)))
                return (0..<frames).map { (start + $0 * (window / frames)) % count }
            }
        case .slowFast(let frames, _, _, _, let clips, let usesOffset):
            return (0..<clips).map { clip in
                let start = SlowFastSampling.start(
                    slide: max(Double(count) - slowFastSpan, 0), clip, of: clips, usesOffset: usesOffset)
                return SlowFastSampling.indices(count, frames, start: start, span: slowFastSpan)
            }
        }
    }

    /// The clip's length in frames of the video: `max(1, stride · frames / targetRate · rate)`.
    private var slowFastSpan: Double {
        guard case .slowFast(let frames, let stride, let target, let rate, _, _) = self else { return 1 }
        return max(1, Double(stride * frames) / target * rate)
    }

    private func check(_ count: Int) throws(VideoError) {
        guard count > 0 else { throw VideoError(.noFrames, detail: "nothing to sample from") }
        let settings: [Int]
        switch self {
        case .actionCLIP(let segments, let length): settings = [segments, length]
        case .uniform(let frames): settings = [frames]
        case .dense(let frames, let stride, let views, _): settings = [frames, stride, views]
        case .segments(let clips, _), .segmentCentres(let clips): settings = [clips]
        case .mmactionDense(let frames, let stride, let clips, _): settings = [frames, stride, clips]
        case .mmactionUniform(let frames, let clips): settings = [frames, clips]
        case .tsmDense(let frames, let window, let views): settings = [frames, window, views]
        case .slowFast(let frames, let stride, let target, let rate, let clips, _):
            settings = [frames, stride, target > 0 && rate > 0 ? 1 : 0, clips]
        }
        guard settings.allSatisfy({ $0 > 0 }) else {
            throw VideoError(.invalidRequest, detail: "sampling \(self): every number must be positive")
        }
    }
}

extension TemporalSampling.OutOfBound {
    /// Brings positions past the end back into the video.
    func fold(clipwise clips: [[Int]], _ count: Int) -> [[Int]] {
        clips.map { clip in
            switch self {
            case .loop: return clip.map { $0 % count }
            case .repeatLast:
                let last = clip.filter { $0 < count }.max() ?? 0
                return clip.map { $0 < count ? $0 : last }
            }
        }
    }
}
