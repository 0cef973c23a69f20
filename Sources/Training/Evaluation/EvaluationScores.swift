public import Datasets

/// What one model says about every video of an evaluation's lists.
public struct EvaluationScores: Sendable {
    /// The model.
    public let model: EvaluationModel
    /// By what it scored.
    public let head: EvaluationSettings.Head
    /// The lists; with trained classes numbered as the model does.
    public let lists: [EvaluationList]
    /// One table a list.
    public let tables: [ClipScores]
    /// ``FrameIndexDigest`` of each list's frames.
    public let indicesDigests: [String]
    /// Of models with two heads each list's top-1 by the name of the fusion; empty for all others.
    public let fusions: [[String: Double]]
}

/// The names of the two halves of the classes of ``EvaluationProtocol/baseToNovel``.
public struct ClassHalves: Sendable, Equatable {
    /// The classes that the models were trained on.
    public let base: ClassList
    /// The others.
    public let novel: ClassList

    /// Names the halves.
    ///
    /// - Parameters:
    ///   - base: the classes that the models were trained on.
    ///   - novel: the others.
    public init(base: ClassList, novel: ClassList) { (self.base, self.novel) = (base, novel) }

    /// Reads `base.classes.txt` and `novel.classes.txt`, as `verb data halves` writes them.
    ///
    /// - Parameter folder: the folder of the two files.
    /// - Throws: `DatasetError`.
    public init(folder: String) throws(DatasetError) {
        base = try ClassList(contentsOf: folder + "/base.classes.txt")
        novel = try ClassList(contentsOf: folder + "/novel.classes.txt")
    }
}

/// A model of a protocol that evaluates several: few-shot draws, seeds of base-to-novel.
public struct TrainedDraw: Sendable, Equatable, Codable {
    /// How many videos a class it was trained on.
    public var shots: Int
    /// Which draw of them, or which seed.
    public var name: String

    /// Names a draw.
    ///
    /// - Parameters:
    ///   - shots: how many videos a class.
    ///   - name: which draw.
    public init(shots: Int, name: String) { (self.shots, self.name) = (shots, name) }
}

extension Evaluation {
    /// What the protocol makes of the scores of its models.
    ///
    /// - Parameters:
    ///   - models: the scores of each model; one, but for few-shot draws and the seeds of base-to-novel.
    ///   - draws: for each few-shot model what it was trained on.
    /// - Returns: the figures.
    /// - Throws: `TrainingError.badEvaluation` for models or lists that the protocol cannot use, `DatasetError` for
    ///   halves whose classes are not the list's.
    public func result(_ models: [EvaluationScores], draws: [TrainedDraw] = []) throws -> ProtocolResult {
        guard let first = models.first?.tables.first else { throw TrainingError.badEvaluation("there are no models") }
        let severalModels = `protocol` == .fewShot || `protocol` == .baseToNovel
        guard models.count == 1 || severalModels else {
            throw TrainingError.badEvaluation("\(models.count) models; \(`protocol`.rawValue) takes one")
        }
        switch `protocol` {
        case .supervised: return try .supervised(first, partners: Self.partners(first))
        case .zeroShotFull: return try .zeroShotFull(first, partners: Self.partners(first))
        case .zeroShotSplits: return try .zeroShotSplits(models[0].tables)
        case .zeroShotHalf:
            guard first.classes.count > 1 else { throw TrainingError.badEvaluation("one class has no halves") }
            return try .zeroShotHalf(
                first, trials: (0..<10).map { HalfClasses(trial: $0, classes: first.classes.count).chosen })
        case .fewShot:
            guard draws.count == models.count else {
                throw TrainingError.badEvaluation("\(models.count) models, but what \(draws.count) were trained on")
            }
            return try .fewShot(zip(draws, models).map { ($0.shots, $0.name, $1.tables[0]) })
        case .baseToNovel: return try baseToNovel(models.map { $0.tables[0] })
        }
    }

    /// What the protocol makes of the scores of a model that was not trained for it.
    ///
    /// - Parameter baseline: its scores.
    /// - Returns: as for other models; for few-shot the figure with no shots, ``EvaluationProtocol/zeroShotFull``.
    /// - Throws: as ``result(_:draws:)``.
    public func result(ofBaseline baseline: EvaluationScores) throws -> ProtocolResult {
        guard `protocol` == .fewShot else { return try result([baseline]) }
        return try .zeroShotFull(baseline.tables[0], partners: Self.partners(baseline.tables[0]))
    }

    private static func partners(_ scores: ClipScores) -> [Int?] {
        scores.isMultiLabel ? [] : TimeOrderPartners.of(scores.classes)
    }

    private func baseToNovel(_ tables: [ClipScores]) throws -> ProtocolResult {
        guard let halves, let classes = lists[0].classes else {
            throw TrainingError.badEvaluation(
                "base-to-novel needs the halves of the classes; `verb data halves` makes them of the training list")
        }
        return try .baseToNovel(
            tables, base: try halves.base.mapping(to: classes), novel: try halves.novel.mapping(to: classes))
    }
}
