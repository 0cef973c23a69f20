internal import CLIP
internal import Datasets
internal import Dispatch
internal import Synchronization
internal import Video

/// Decodes batches of clips on several threads: one random frame of each of the equal parts of a video.
struct ClipDecoder: Sendable {
    let preprocessing: Preprocessing
    let frames: Int

    /// Decodes clips; the result does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - sources: the videos.
    ///   - seed: where the random choices begin.
    /// - Returns: `count * frames` square pictures, clip after clip, each of the model's input size.
    /// - Throws: `VideoError` of the first clip that cannot be read.
    func load(_ sources: [VideoSource], seed: UInt64) throws -> [Frame] {
        let results = Mutex<[Result<[Frame], any Error>?]>(Array(repeating: nil, count: sources.count))
        DispatchQueue.concurrentPerform(iterations: sources.count) { index in
            let result = Result { try clip(sources[index], SplitMix64.hash(seed, UInt64(index))) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { $0 }.compactMap { $0 }.flatMap { try $0.get() }
    }

    private func clip(_ source: VideoSource, _ seed: UInt64) throws -> [Frame] {
        let file = try source.open()
        var draws = SeededDraws(seed: seed)
        let indices = try TemporalSampling.actionCLIP(segments: frames).trainingIndices(of: file.count, draws: &draws)
        return try file.frames(at: indices).map(preprocessing.prepared)
    }
}
