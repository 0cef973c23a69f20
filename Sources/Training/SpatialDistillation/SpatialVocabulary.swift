internal import ActionModels

/// What an image CLIP is asked about single frames, so that a video model does not forget it.
///
/// A JSON file, of which nothing but `name`, `groups` and in each group `name`, `mode`, `templates` and `labels` must be
/// there:
///
///     {"name": "mine", "groups": [{"name": "scene", "mode": "single", "templates": ["a photo of a {}"],
///       "labels": ["kitchen", "street"], "weight": 1.0, "caption": "in a {}"},
///      {"name": "object", "mode": "multi", "top_m": 3, …}]}
///
/// Source: the threefold distillation page, section 3.2.
public struct SpatialVocabulary: Codable, Sendable, Equatable {
    /// The name.
    public let name: String
    /// The questions.
    public let groups: [SpatialGroup]

    /// Makes a vocabulary.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - groups: the questions, of different names.
    /// - Throws: `TrainingError.badVocabulary` for the first thing that cannot be.
    public init(name: String, groups: [SpatialGroup]) throws(TrainingError) {
        (self.name, self.groups) = (name, groups)
        if let problem { throw .badVocabulary(path: name, detail: problem) }
    }

    /// SHA-256 of all that targets depend on, in lower-case hexadecimal.
    ///
    /// Weights and captions belong to the student: changing them leaves targets as they are.
    public var digest: String {
        let words = groups.flatMap { group -> [String] in
            [group.name, group.mode.rawValue, group.mode == .multi ? "\(group.topM)" : "", "\(group.templates.count)"]
                + group.templates.map(\.text) + ["\(group.labels.count)"] + group.labels
        }
        // Lengths come first, so that no two vocabularies give the same text.
        return WeightDigest.sha256(of: words.map { "\($0.utf8.count):\($0)\n" }.joined().utf8)
    }

    /// Refuses labels that are names of actions: they would tell the student what it has to learn.
    ///
    /// - Parameter actions: the names of the data set's classes; letter case and underscores do not matter.
    /// - Throws: `TrainingError.badVocabulary` naming the labels.
    public func check(againstActions actions: [String]) throws(TrainingError) {
        let names = Set(actions.map(Self.plain))
        let leaking = groups.flatMap { group in
            group.labels.filter { names.contains(Self.plain($0)) }.map { "\(group.name): \($0)" }
        }
        guard leaking.isEmpty else {
            throw .badVocabulary(
                path: name,
                detail: "\(leaking.joined(separator: "; ")): that is the name of an action, which has to be learned "
                    + "and not told; leave it out in a copy of the vocabulary")
        }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().split { $0.isWhitespace || $0 == "_" }.joined(separator: " ")
    }
}

extension SpatialVocabulary {
    private enum CodingKeys: String, CodingKey, CaseIterable { case name, groups }

    /// Reads a vocabulary.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for unknown keys and for what cannot be.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(outside: CodingKeys.self)
        let file = try decoder.container(keyedBy: CodingKeys.self)
        name = try file.decode(String.self, forKey: .name)
        groups = try file.decode([SpatialGroup].self, forKey: .groups)
        if let problem {
            throw DecodingError.dataCorruptedError(forKey: .groups, in: file, debugDescription: problem)
        }
    }

    /// The first thing that cannot be.
    private var problem: String? {
        guard !name.isEmpty, name.count <= 100 else { return "the name must have 1 to 100 letters" }
        guard (1...1000).contains(groups.count) else { return "\(groups.count) groups; there must be 1 to 1000" }
        let places = Dictionary(groups.map { ($0.name, 1) }, uniquingKeysWith: +)
        if let twice = groups.first(where: { places[$0.name] != 1 }) { return "two groups are called \(twice.name)" }
        return groups.lazy.compactMap(\.problem).first
    }
}
