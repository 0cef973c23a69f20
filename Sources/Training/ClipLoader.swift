internal import CLIP
internal import Datasets
internal import Dispatch
internal import Synchronization
internal import Video

/// Decodes batches of clips on several threads.
struct ClipLoader: Sendable {
    /// Which frames of a video are taken.
    enum Sampling: Sendable {
        /// One random frame of each of the equal parts, drawn from this seed.
        case random(seed: UInt64)
        /// The middle frame of each part.
        case centre
    }

    let preprocessing: Preprocessing
    let frames: Int

    /// Decodes clips; the result does not depend on the number of threads.
    ///
    /// - Returns: `count * frames` square pictures, clip after clip, each of the model's input size.
    func load(_ paths: [String], _ sampling: Sampling) throws -> [Frame] {
        let results = Mutex<[Result<[Frame], any Error>?]>(Array(repeating: nil, count: paths.count))
        DispatchQueue.concurrentPerform(iterations: paths.count) { index in
            let result = Result { try clip(paths[index], sampling, index) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { $0 }.compactMap { $0 }.flatMap { try $0.get() }
    }

    private func clip(_ path: String, _ sampling: Sampling, _ index: Int) throws -> [Frame] {
        let file = try VideoFile(path: path)
        let rule = TemporalSampling.actionCLIP(segments: frames)
        let indices: [Int]
        switch sampling {
        case .random(let seed):
            var draws = SeededDraws(seed: SplitMix64.hash(seed, UInt64(index)))
            indices = try rule.trainingIndices(of: file.count, draws: &draws)
        case .centre: indices = try rule.evaluationIndices(of: file.count)[0]
        }
        return try file.frames(at: indices).map(preprocessing.prepared)
    }
}
