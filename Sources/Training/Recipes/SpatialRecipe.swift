/// Where a student's spatial targets come from, and how it learns from them.
///
/// Source: the page of the threefold distillation, section 3.
public struct SpatialRecipe: Codable, Sendable, Equatable {
    /// When the frozen CLIP answers.
    public enum Input: String, Codable, Sendable, CaseIterable {
        /// Once for each video; the targets are kept in a folder.
        case cached
        /// In each step, about the very frames that the student sees.
        case online
    }

    /// When the frozen CLIP answers.
    public var input = Input.cached
    /// The folder of kept targets; only for ``Input/cached``.
    public var folder: String?
    /// The frozen CLIP, a path or a name; nil takes kept targets as they are.
    public var model: String?
    /// The questions, a bundled vocabulary or a file; nil takes kept targets as they are.
    public var vocabulary: String?
    /// How answers become targets.
    public var prediction = SpatialPrediction()
    /// How the student learns.
    public var objectives = SpatialObjectivesConfiguration()

    /// Names the folder of kept targets.
    ///
    /// - Parameter folder: the folder; nil for targets that are not kept.
    public init(folder: String? = nil) { self.folder = folder }

    func validate() throws(TrainingError) {
        try objectives.validate()
        do { try prediction.validate() } catch { throw .badRecipe("spatial.prediction: \(error)") }
        switch input {
        case .cached:
            guard folder?.isEmpty == false else {
                throw .badRecipe("spatial.input cached reads kept targets; set spatial.folder")
            }
            guard (model == nil) == (vocabulary == nil) else {
                throw .badRecipe(
                    "targets are made of spatial.model and spatial.vocabulary; set both, or neither where kept targets "
                        + "are taken as they are")
            }
        case .online:
            guard model != nil, vocabulary != nil else {
                throw .badRecipe(
                    "spatial.input online asks a CLIP in each step; set spatial.model and spatial.vocabulary")
            }
            guard objectives.form == .objectives else {
                throw .badRecipe(
                    "spatial.objectives.form captions needs targets before the step; set spatial.input=cached")
            }
            guard prediction.needsWholeList == false else {
                throw .badRecipe(
                    "spatial.prediction: the prior, the mixing of actions and what is left out need all videos; set "
                        + "spatial.input=cached")
            }
        }
    }
}

extension SpatialRecipe {
    private enum CodingKeys: String, CodingKey { case input, folder, model, vocabulary, prediction, objectives }

    /// Reads settings; what is left out has the page's default.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        input = try file.decodeIfPresent(Input.self, forKey: .input) ?? input
        folder = try file.decodeIfPresent(String.self, forKey: .folder)
        model = try file.decodeIfPresent(String.self, forKey: .model)
        vocabulary = try file.decodeIfPresent(String.self, forKey: .vocabulary)
        prediction = try file.decodeIfPresent(SpatialPrediction.self, forKey: .prediction) ?? prediction
        objectives = try file.decodeIfPresent(SpatialObjectivesConfiguration.self, forKey: .objectives) ?? objectives
    }
}

extension SpatialPrediction {
    /// Whether a target depends on other videos than its own.
    fileprivate var needsWholeList: Bool {
        priorCorrection > 0 || actionMixing > 0 || minInformation != nil || minSupport > 0
    }
}
