/// The model that a student learns from.
///
/// Source: the page of the threefold distillation, section 4.3.
public struct TeacherRecipe: Codable, Sendable, Equatable {
    /// What the teacher sees.
    public enum Input: String, Codable, Sendable, CaseIterable {
        /// The student's clips, with all their chance.
        case same
        /// Each video once, as it is evaluated; what it said is kept in a folder.
        case cached
    }

    /// A trained model that is asked by texts: a path or the name of a model.
    public var checkpoint: String
    /// What the teacher sees.
    public var input = Input.same
    /// The folder of kept predictions; only for ``Input/cached``.
    public var folder: String?

    /// Names a teacher.
    ///
    /// - Parameter checkpoint: a path or the name of a model.
    public init(checkpoint: String) { self.checkpoint = checkpoint }

    func validate() throws(TrainingError) {
        guard input == .same || folder?.isEmpty == false else {
            throw .badRecipe("teacher.input cached keeps what the teacher says; set teacher.folder")
        }
    }
}

extension TeacherRecipe {
    private enum CodingKeys: String, CodingKey { case checkpoint, input, folder }

    /// Reads settings; without `input` the teacher sees the student's clips.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        checkpoint = try file.decode(String.self, forKey: .checkpoint)
        input = try file.decodeIfPresent(Input.self, forKey: .input) ?? input
        folder = try file.decodeIfPresent(String.self, forKey: .folder)
    }
}
