internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch
internal import Video

/// A model that is measured, with texts encoded before.
struct LatencyCase: Sendable {
    let id: String
    let model: any ActionModel
    let labels: ActionLabels
    let preprocessing: Preprocessing
    let frames: Int
}

/// The measurement of several models in one process, one after the other in each round.
///
/// A round decodes one video and names its action with every model, so that ratios do not depend on the moment.
struct LatencyMeasurement: Sendable {
    let cases: [LatencyCase]
    let videos: [VideoSource]
    var settings = LatencyProtocol()

    init(_ cases: [LatencyCase], videos: [VideoSource]) { (self.cases, self.videos) = (cases, videos) }

    /// Measures, on the LibTorch thread.
    ///
    /// - Parameter progress: told how many rounds are done, and of how many.
    /// - Returns: a row a model, in their order.
    /// - Throws: `VideoError` for a video that cannot be read, `CancellationError`.
    @TorchActor
    func run(_ progress: @Sendable (Int, Int) -> Void = { _, _ in }) throws -> [ModelLatency] {
        let rounds = settings.warmup + settings.runs
        var seconds = cases.map { _ in (model: [Double](), prepared: [Double](), decoded: [Double]()) }
        for round in 0..<rounds {
            try Task.checkCancellation()
            for (place, item) in cases.enumerated() {
                let spans = try spans(of: item, videos[round % videos.count])
                guard round >= settings.warmup else { continue }
                seconds[place].model.append(spans[2])
                seconds[place].prepared.append(spans[1] + spans[2])
                seconds[place].decoded.append(spans[0] + spans[1] + spans[2])
            }
            progress(round + 1, rounds)
        }
        return zip(cases, seconds).map { item, seconds in
            ModelLatency(
                id: item.id, model: LatencyTimes(seconds.model), prepared: LatencyTimes(seconds.prepared),
                decoded: LatencyTimes(seconds.decoded))
        }
    }

    /// The seconds of decoding, of preparing pictures, and of the model with the classes.
    @TorchActor
    private func spans(of item: LatencyCase, _ video: VideoSource) throws -> [Double] {
        let clock = ContinuousClock(), begin = clock.now
        let source = try video.open()
        let indices = try TemporalSampling.actionCLIP(segments: item.frames).evaluationIndices(of: source.count)[0]
        let pictures = try source.frames(at: indices), decoded = clock.now
        let input = item.preprocessing.input(pictures).unsqueezed(0), prepared = clock.now  // [1, T, 3, H, W]
        let answer = withoutGradient { item.model.probabilities(of: item.labels, for: item.model.features(of: input)) }
        _ = answer.array(of: Float.self)
        let end = clock.now
        return [decoded - begin, prepared - decoded, end - prepared].map { $0 / .seconds(1) }
    }
}
