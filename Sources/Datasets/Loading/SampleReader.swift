internal import Video

/// What became of one job.
struct SampleOutcome: Sendable {
    /// The position in the list of the video that is shown.
    var position: Int
    var labels: [Int] = []
    /// One clip for each view; none when the video cannot be used.
    var clips: [ClipPixels] = []
    /// In evaluation the frames of each temporal view.
    var frameNumbers: [[Int]] = []
    /// The videos that could not be used.
    var skipped: [SkippedVideo] = []
    var flawed: FlawedVideo?
}

/// Turns jobs into clips; what comes out depends on the job alone.
struct SampleReader: Sendable {
    /// How clips are made.
    enum Pipeline: Sendable {
        case training(TrainingPipeline)
        case evaluation(EvaluationPipeline)
        /// The first view of evaluation in the order of training.
        case fixed(EvaluationPipeline)

        var isTraining: Bool {
            switch self {
            case .training, .fixed: true
            case .evaluation: false
            }
        }
    }

    /// How often another video is tried before a sample is given up.
    private static let attempts = 100

    let samples: [VideoSample]
    let pipeline: Pipeline
    let settings: LoaderSettings
    let epoch: Int
    let open: ClipLoader.Opening

    /// Makes one sample.
    ///
    /// - Parameters:
    ///   - job: which.
    ///   - isCancelled: asked while decoding.
    /// - Returns: the outcome; nil when cancelled.
    func read(_ job: LoadingPlan.Job, isCancelled: @escaping @Sendable () -> Bool) -> SampleOutcome? {
        var outcome = SampleOutcome(position: job.index)
        let seed = seed(of: job)
        var choice = SeededDraws(seed: SplitMix64.hash(seed, 0x7265_706C))
        for _ in 0..<attempts {
            do throws(VideoError) {
                try show(outcome.position, seed, isCancelled, &outcome)
                return outcome
            } catch {
                if error.status == .cancelled || isCancelled() { return nil }
                outcome.skipped.append(
                    SkippedVideo(
                        position: outcome.position, path: samples[outcome.position].source.path, status: error.status,
                        reason: "\(error)"))
            }
            guard pipeline.isTraining else { return outcome }
            outcome.position = choice.integer(in: 0..<samples.count)
        }
        return outcome
    }

    private var attempts: Int {
        pipeline.isTraining ? Self.attempts : 1
    }

    private func show(
        _ position: Int, _ seed: UInt64, _ isCancelled: @escaping @Sendable () -> Bool, _ outcome: inout SampleOutcome
    ) throws(VideoError) {
        var options = VideoOptions(deadline: settings.deadline)
        (options.readsOnce, options.isCancelled) = (true, isCancelled)
        let sample = samples[position], source = try open(sample.source, options)
        outcome.labels = sample.labels
        switch pipeline {
        case .training(let pipeline):
            var draws = SeededDraws(seed: SplitMix64.hash(seed, 0))
            let result = try pipeline.clip(from: source, draws: &draws)
            outcome.clips = [result.pixels]
            if result.isMirrored, let pairs = pipeline.clips.flipLabels {
                outcome.labels = MirroredLabels(pairs)(sample.labels)
            }
        case .fixed(let pipeline): outcome.clips = Array(try pipeline.views(from: source).prefix(1))
        case .evaluation(let pipeline):
            outcome.frameNumbers = try pipeline.frameNumbers(of: source.count)
            outcome.clips = try pipeline.views(from: source, outcome.frameNumbers)
        }
        let statuses = source.report.statuses
        outcome.flawed =
            statuses == [.ok] ? nil : FlawedVideo(position: position, path: sample.source.path, statuses: statuses)
    }

    /// Where a job's random numbers begin: (run seed, epoch, place in the epoch's order).
    private func seed(of job: LoadingPlan.Job) -> UInt64 {
        let epoch = SplitMix64.hash(settings.seed, UInt64(bitPattern: Int64(epoch)))
        return SplitMix64.hash(epoch, UInt64(job.place))
    }
}
