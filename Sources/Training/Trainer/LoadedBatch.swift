internal import ActionModels
internal import Torch

/// The clips of one step that one process has, on the LibTorch thread.
struct LoadedBatch {
    /// What is known of the clips.
    let input: TrainingBatch.Input
    /// The classes of each clip.
    let labels: [[Int]]
    /// The clips' positions in the list.
    let positions: [Int]
    /// What the class head is told, `[B, K]`, where clips were mixed.
    var targets: Tensor?
    /// The number of clips of the step, all processes together.
    let total: Int
}

extension TrainingBatch.Input {
    /// One clip in the place of none, whatever it shows.
    var padding: TrainingBatch.Input {
        switch self {
        case .clips(let clips): .clips(.zeros([1] + clips.shape[1...]))
        case .features(let features): .features(features.clips(0..<1))
        }
    }

    /// A part of the clips.
    func clips(_ range: Range<Int>) -> TrainingBatch.Input {
        switch self {
        case .clips(let clips): .clips(clips.slice(0, range))
        case .features(let features): .features(features.clips(range))
        }
    }
}
