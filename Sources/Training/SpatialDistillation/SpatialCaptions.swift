internal import ActionModels
internal import Torch
public import Video

/// Spatial targets as a second sentence for each clip: the option of captions.
///
///     "a video of a person brushing hair" + ", in a bathroom"
///
/// For each clip one group is drawn, and its largest label is appended to the action's sentence. Clips are each other's
/// positives where both the action and the label are equal: the pairs are the labels that
/// ``SoftTargetContrastiveLoss`` is given. Source: the threefold distillation page, section 3.3, `captions`.
public struct SpatialCaptions: Sendable {
    /// What is appended to the sentences of a batch.
    public struct Captions: Sendable, Equatable {
        /// The sentences with what is seen.
        public let sentences: [String]
        /// The number of the pair of action and label of each; equal in all processes of a run.
        public let pairs: [Int]
    }

    /// The groups of the targets.
    public let groups: [SpatialGroup]

    /// Makes the option.
    ///
    /// - Parameter groups: the groups of the targets.
    public init(_ groups: [SpatialGroup]) { self.groups = groups }

    /// Appends what is seen to sentences; a clip of which nothing is known keeps its own.
    ///
    /// - Parameters:
    ///   - sentences: of the actions, one a clip.
    ///   - actions: the action of each clip.
    ///   - batch: the targets of the clips.
    ///   - draws: where each clip's random numbers come from: one whole number in 0..<(groups that say something).
    /// - Returns: the sentences and pairs.
    public func callAsFunction(
        _ sentences: [String], actions: [Int], targets batch: SpatialBatch, draws: inout [SeededDraws]
    ) -> Captions {
        guard sentences.count == actions.count, draws.count == actions.count, batch.targets.count == groups.count else {
            fatalError("SpatialCaptions: \(sentences.count) sentences, \(actions.count) actions, \(draws.count) draws")
        }
        let labels = batch.targets.map { $0.argmax(-1).array(of: Int.self) }
        let isKnown = batch.targets.map { ($0.sum(-1) * batch.weights).array(of: Float.self).map { $0 > 0 } }
        let starts = groups.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.labels.count) }
        let count = (starts.last ?? 0) + 1
        var (captions, pairs): ([String], [Int]) = ([], [])
        for clip in sentences.indices {
            let known = groups.indices.filter { isKnown[$0][clip] }
            guard !known.isEmpty else {
                captions.append(sentences[clip])
                pairs.append(actions[clip] * count)
                continue
            }
            let group = known[draws[clip].integer(in: known.indices)], label = labels[group][clip]
            captions.append("\(sentences[clip]), \(groups[group].caption(groups[group].labels[label]))")
            pairs.append(actions[clip] * count + 1 + starts[group] + label)
        }
        return Captions(sentences: captions, pairs: pairs)
    }
}
