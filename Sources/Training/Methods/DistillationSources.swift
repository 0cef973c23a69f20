internal import ActionModels
internal import Torch

/// What a student learns from beside the classes of its clips, read and checked.
struct DistillationSources: Sendable {
    /// Where a teacher's scores come from.
    enum Teacher: Sendable {
        /// From the model, in each step.
        case online(FrozenTeacher)
        /// From what it said before.
        case cached(TeacherPredictions)
    }

    /// Where spatial targets come from.
    enum Spatial: Sendable {
        /// From what a frozen CLIP said before.
        case cached(SpatialTargets)
        /// From the CLIP, in each step.
        case online(SpatialPredictor, ClipAdjustment)

        /// The questions that there are targets of.
        var groups: [SpatialGroup] {
            switch self {
            case .cached(let targets): targets.groups
            case .online(let predictor, _): predictor.groups
            }
        }

        /// The targets of a batch's clips.
        func targets(of batch: TrainingBatch) -> SpatialBatch {
            switch self {
            case .cached(let targets): return targets.batch(at: batch.positions)
            case .online(let predictor, let adjustment):
                let targets = predictor.targets(of: withoutGradient { adjustment(batch.clips) })
                return SpatialBatch(targets: targets.map(predictor.prediction.hardened))
            }
        }
    }

    var teacher: Teacher?
    var spatial: Spatial?
    /// The teacher's temporal module, where the student's begins there; by names of the student's.
    var temporal: [String: Tensor] = [:]
    /// Fingerprints of all of it, by what it is.
    var digests: [String: String] = [:]
}
