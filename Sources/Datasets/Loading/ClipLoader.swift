package import Video

/// Makes clips out of a list of videos on several threads, in an order and with random numbers that a seed fixes.
///
/// Training goes through a random order of the list in each epoch; a batch is a slice of that order and each process has
/// its part of it, so that several processes see what one would. Evaluation goes through the list itself; each process
/// takes every n-th sample, each sample comes once. The number of threads changes nothing but the time.
///
/// A broken video is replaced by another one in training, and missing in evaluation; ``health`` says which and why.
public struct ClipLoader: Sendable {
    /// Opens a source; tests put their own in its place.
    package typealias Opening = @Sendable (VideoSource, VideoOptions) throws(VideoError) -> any FrameSource

    /// How clips are loaded.
    public let settings: LoaderSettings
    /// The number of views of a video.
    public let views: Int
    /// The number of frames of a clip.
    public let frames: Int
    /// The side of the model's input in pixels.
    public let imageSize: Int
    private let samples: [VideoSample]
    private let pipeline: SampleReader.Pipeline
    let record = HealthRecord()
    /// How sources are opened.
    package var open: Opening = { source, options throws(VideoError) in try source.open(options: options) }

    /// Prepares loading for training.
    ///
    /// - Parameters:
    ///   - list: the samples.
    ///   - clips: how clips are made.
    ///   - frames: the number of frames of a clip.
    ///   - imageSize: the side of the model's input in pixels.
    ///   - settings: how clips are loaded.
    /// - Throws: `DatasetError.badClips`.
    public init(
        _ list: [VideoSample], training clips: TrainingClips, frames: Int, imageSize: Int, settings: LoaderSettings
    ) throws(DatasetError) {
        try self.init(
            list, clips.problem(imageSize: imageSize), views: 1, frames, imageSize, settings,
            .training(
                TrainingPipeline(
                    clips: clips, frames: frames, imageSize: imageSize, normalization: settings.normalization)))
    }

    /// Prepares loading for evaluation.
    ///
    /// - Parameters:
    ///   - list: the samples.
    ///   - clips: how clips are made.
    ///   - frames: the number of frames of a clip.
    ///   - imageSize: the side of the model's input in pixels.
    ///   - settings: how clips are loaded.
    /// - Throws: `DatasetError.badClips`.
    public init(
        _ list: [VideoSample], evaluation clips: EvaluationClips, frames: Int, imageSize: Int, settings: LoaderSettings
    ) throws(DatasetError) {
        try self.init(
            list, clips.problem(imageSize: imageSize), views: clips.views, frames, imageSize, settings,
            .evaluation(
                EvaluationPipeline(
                    clips: clips, frames: frames, imageSize: imageSize, normalization: settings.normalization)))
    }

    /// Prepares loading for training without chance: the order of training, and of each video always the same clip, its
    /// first view of evaluation.
    ///
    /// - Parameters:
    ///   - list: the samples.
    ///   - clips: how clips are made.
    ///   - frames: the number of frames of a clip.
    ///   - imageSize: the side of the model's input in pixels.
    ///   - settings: how clips are loaded.
    /// - Throws: `DatasetError.badClips`.
    public init(
        _ list: [VideoSample], fixed clips: EvaluationClips, frames: Int, imageSize: Int, settings: LoaderSettings
    ) throws(DatasetError) {
        try self.init(
            list, clips.problem(imageSize: imageSize), views: 1, frames, imageSize, settings,
            .fixed(
                EvaluationPipeline(
                    clips: clips, frames: frames, imageSize: imageSize, normalization: settings.normalization)))
    }

    private init(
        _ list: [VideoSample], _ problem: ClipProblem?, views: Int, _ frames: Int, _ imageSize: Int,
        _ settings: LoaderSettings, _ pipeline: SampleReader.Pipeline
    ) throws(DatasetError) {
        try Self.check(list, problem, frames, imageSize, settings)
        (samples, self.settings, self.views, self.pipeline) = (list, settings, views, pipeline)
        (self.frames, self.imageSize) = (frames, imageSize)
    }

    /// What was met so far, over all epochs and copies of this loader.
    public var health: LoaderHealth { record.health }

    /// The number of batches of an epoch, the same in each.
    public var batchesPerEpoch: Int {
        let count = samples.count, batch = settings.batch
        guard isTraining else { return plan(epoch: 0).batches.count }
        return settings.dropsLast ? count / batch : (count + batch - 1) / batch
    }

    /// The batches of an epoch.
    ///
    /// - Parameters:
    ///   - epoch: which epoch; without effect in evaluation.
    ///   - firstBatch: the number of the first batch wanted; the others stay as they would have been.
    /// - Returns: the batches in order.
    public func batches(epoch: Int, from firstBatch: Int = 0) -> ClipBatches {
        ClipBatches(loader: self, epoch: epoch, firstBatch: firstBatch)
    }

    /// The positions in the list of each batch of an epoch, of this process's part.
    ///
    /// - Parameter epoch: which epoch.
    /// - Returns: what ``batches(epoch:from:)`` shows where no video is broken.
    package func positions(epoch: Int) -> [[Int]] {
        let plan = plan(epoch: epoch)
        return plan.batches.map { plan.jobs[$0].map(\.index) }
    }

    var isTraining: Bool { pipeline.isTraining }

    func plan(epoch: Int) -> LoadingPlan {
        isTraining
            ? LoadingPlan(trainingOn: samples.count, epoch: epoch, settings)
            : LoadingPlan(evaluating: samples.count, settings)
    }

    func run(_ plan: LoadingPlan, epoch: Int, from firstBatch: Int) -> LoadingRun {
        let reader = SampleReader(samples: samples, pipeline: pipeline, settings: settings, epoch: epoch, open: open)
        return LoadingRun(
            plan, from: firstBatch, reader: reader, workers: settings.workers,
            ahead: settings.prefetch ?? 2 * settings.workers)
    }

    private static func check(
        _ list: [VideoSample], _ problem: ClipProblem?, _ frames: Int, _ imageSize: Int, _ settings: LoaderSettings
    ) throws(DatasetError) {
        if let problem { throw .badClips("\(problem.key): \(problem.detail)") }
        guard !list.isEmpty else { throw .badClips("the list of videos is empty") }
        guard (1...1024).contains(frames), (1...8192).contains(imageSize) else {
            throw .badClips("\(frames) frames of \(imageSize) pixels; 1 to 1024 and 1 to 8192 can be")
        }
        try settings.validate()
    }
}
