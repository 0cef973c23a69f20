public import Torch

/// The targets of some clips: what a student's step reads.
public struct SpatialBatch: Sendable {
    /// Targets of each group `[B, K]`, float32; rows of zeros say nothing.
    public let targets: [Tensor]
    /// What each clip counts, `[B]`, float32; 0 for videos that could not be read.
    public let weights: Tensor

    /// Makes a batch.
    ///
    /// - Parameters:
    ///   - targets: of each group `[B, K]`.
    ///   - weights: what each clip counts `[B]`; nil means 1.
    public init(targets: [Tensor], weights: Tensor? = nil) {
        guard let first = targets.first else { fatalError("SpatialBatch: no groups") }
        self.targets = targets
        self.weights = weights ?? .ones([first.shape[0]])
    }

    /// The targets of the clips of all processes, in the order of ranks; its own where they do not count.
    ///
    /// - Parameters:
    ///   - processes: the other processes of the run.
    ///   - batch: what this process has of the step.
    /// - Returns: the batch that the losses of gathered features belong to.
    /// - Throws: `ProcessGroupError` when another process is gone.
    public func gathered(
        by processes: LossSharing, of batch: TrainingBatch
    ) throws(ProcessGroupError) -> SpatialBatch {
        let joined = Tensor.concatenated(targets + [weights.unsqueezed(1)], axis: 1)
        let all = try processes.gathered(joined, of: batch)
        var parts: [Tensor] = [], start = 0
        for target in targets {
            parts.append(all.slice(1, start..<start + target.shape[1]))
            start += target.shape[1]
        }
        return SpatialBatch(targets: parts, weights: all.select(1, start))
    }
}
