public import ActionModels
public import Datasets
public import Torch

/// What a model knows of every video of a list, before any labels: encoded once, scored against any of them.
public struct EncodedClips: Sendable {
    /// The positions of the videos in the list, ascending.
    public let positions: [Int]
    /// Features in the common space with texts, not normalised, `[N, V, E]`; nil for models without such a space.
    public let embeddings: Tensor?
    /// The second view of models with two heads, `[N, V, E]`; nil for all others.
    public let tokens: Tensor?
    /// Logits of the trained classes, `[N, V, K]`; nil for models without a class head.
    public let classLogits: Tensor?
    /// The frame numbers of each temporal view of each video.
    public let frameNumbers: [[[Int]]]
    /// The videos that could not be read: reasons by position.
    public let unreadable: [Int: String]

    /// The videos of another list that was put together from these.
    ///
    /// - Parameter places: for each video of the other list its position in this one.
    /// - Returns: the same features in the other list's order.
    @TorchActor
    public func selecting(_ places: [Int]) -> EncodedClips {
        let rows = Dictionary(uniqueKeysWithValues: positions.enumerated().map { ($1, $0) })
        let kept = places.indices.filter { rows[places[$0]] != nil }
        let chosen = kept.compactMap { rows[places[$0]] }
        func part(_ tensor: Tensor?) -> Tensor? { chosen.isEmpty ? nil : tensor?.selected(0, Tensor(chosen)) }
        let broken = places.indices.compactMap { place in unreadable[places[place]].map { (place, $0) } }
        return EncodedClips(
            positions: kept, embeddings: part(embeddings), tokens: part(tokens), classLogits: part(classLogits),
            frameNumbers: chosen.map { frameNumbers[$0] }, unreadable: Dictionary(uniqueKeysWithValues: broken))
    }

    /// The scores of labels, from which every metric and protocol is computed.
    ///
    /// With trained classes they are the class head's logits in each view, with texts the similarities in each view and
    /// template, as the model's paper ensembles them and its heads are fused.
    ///
    /// - Parameters:
    ///   - labels: what to score against.
    ///   - scoring: the model's rule for texts; nil for models without a text tower.
    ///   - list: the list that was encoded.
    ///   - classes: the names of the labels, to which the list's labels are positions.
    ///   - task: whether classes exclude one another; if not, the scores are one probability a class.
    /// - Returns: a row a video.
    @TorchActor
    public func scores(
        of labels: ActionLabels, by scoring: TextScoring?, in list: [VideoSample], classes: [String],
        _ task: ClassificationLoss.Task = .single
    ) -> ClipScores {
        let rows = withoutGradient { self.rows(of: labels, by: scoring, task) }  // [N, V·S, K]
        let width = classes.count * (rows?.shape[1] ?? 1), values = rows?.array(of: Double.self) ?? []
        var scores = ClipScores(
            paths: positions.map { list[$0].source.path }, labels: positions.map { list[$0].labels },
            scores: positions.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }, classes: classes,
            unreadable: unreadable.sorted { $0.key < $1.key }.map { position, reason in
                UnreadableVideo(
                    path: list[position].source.path, reason: reason, labels: list[position].labels,
                    position: position)
            })
        (scores.kind, scores.views) = (task == .single ? .logits : .probabilities, rows?.shape[1] ?? 1)
        (scores.isMultiLabel, scores.positions) = (task == .multiple, positions)
        return scores
    }

    private func rows(of labels: ActionLabels, by scoring: TextScoring?, _ task: ClassificationLoss.Task) -> Tensor? {
        guard !positions.isEmpty else { return nil }
        let n = positions.count
        let logits: Tensor
        switch labels {
        case .trained:
            guard let classLogits else { fatalError("EncodedClips: the model has no class head") }
            logits = classLogits
        case .texts(let texts):
            guard let embeddings, let scoring else { fatalError("EncodedClips: the model has no text tower") }
            let e = embeddings.shape[2]
            let flat = ClipFeatures(embedding: embeddings.reshaped(-1, e), token: tokens?.reshaped(-1, e))
            logits = scoring.scores(flat, of: texts).reshaped(n, -1, texts.unit.shape[1])
        }
        let rows = logits.to(dtype: .float64)
        return task == .single ? rows : rows.sigmoid.mean(1, keepingAxes: true)
    }
}
