public import ActionModels

/// One question about what is visible, with its possible answers.
///
/// Source: the threefold distillation page, section 3.2.
public struct SpatialGroup: Codable, Sendable, Equatable {
    /// How many answers a frame has.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Exactly one.
        case single
        /// Several at once, such as the objects in a room.
        case multi
    }

    /// The name: letters, digits, `_` and `-`.
    public var name: String
    /// How many answers a frame has.
    public var mode: Mode
    /// The number of answers that a video keeps, m; of groups with several answers only.
    public var topM: Int
    /// The sentences around labels.
    public var templates: [PromptTemplate]
    /// The answers, K of them.
    public var labels: [String]
    /// What the group counts among the others in the student's loss.
    public var weight = 1.0
    /// How a label is appended to an action's sentence, with the option of captions: "in a {}".
    public var caption = PromptTemplate.bare

    /// Makes a group that counts 1.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `_` and `-`.
    ///   - mode: how many answers a frame has.
    ///   - topM: the number of answers that a video keeps; nil means 3, or all where there are fewer.
    ///   - templates: the sentences around labels.
    ///   - labels: the answers.
    public init(_ name: String, _ mode: Mode, topM: Int? = nil, templates: [PromptTemplate], labels: [String]) {
        (self.name, self.mode, self.templates, self.labels) = (name, mode, templates, labels)
        self.topM = topM ?? min(3, labels.count)
    }

    /// The group with some of its labels.
    ///
    /// - Parameter positions: the positions of the labels.
    /// - Returns: a group that otherwise is the same.
    func keeping(_ positions: [Int]) -> SpatialGroup {
        var group = self
        group.labels = positions.map { labels[$0] }
        group.topM = min(topM, positions.count)
        return group
    }
}

extension SpatialGroup {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, mode, topM = "top_m", templates, labels, weight, caption
    }

    /// Reads a group of a vocabulary's file.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for an unknown key, or a sentence without exactly one `{}`.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(outside: CodingKeys.self)
        let file = try decoder.container(keyedBy: CodingKeys.self)
        func template(_ text: String, _ key: CodingKeys) throws -> PromptTemplate {
            guard let template = PromptTemplate(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: file, debugDescription: "\"\(text)\" needs one {} in the place of the label")
            }
            return template
        }
        // As an Int, a broken number would be refused without its place.
        let topM = try file.decodeIfPresent(Double.self, forKey: .topM)
        if let topM, Int(exactly: topM) == nil {
            throw DecodingError.dataCorruptedError(
                forKey: .topM, in: file, debugDescription: "\(topM) is no whole number")
        }
        self.init(
            try file.decode(String.self, forKey: .name), try file.decode(Mode.self, forKey: .mode),
            topM: topM.flatMap { Int(exactly: $0) },
            templates: try file.decode([String].self, forKey: .templates).map { try template($0, .templates) },
            labels: try file.decode([String].self, forKey: .labels))
        weight = try file.decodeIfPresent(Double.self, forKey: .weight) ?? weight
        caption = try file.decodeIfPresent(String.self, forKey: .caption).map { try template($0, .caption) } ?? caption
    }

    /// Writes the group as a vocabulary's file has it.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var file = encoder.container(keyedBy: CodingKeys.self)
        try file.encode(name, forKey: .name)
        try file.encode(mode, forKey: .mode)
        if mode == .multi { try file.encode(topM, forKey: .topM) }
        try file.encode(templates.map(\.text), forKey: .templates)
        try file.encode(labels, forKey: .labels)
        try file.encode(weight, forKey: .weight)
        try file.encode(caption.text, forKey: .caption)
    }

    /// The first thing that cannot be.
    var problem: String? {
        guard name.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil else {
            return "the group \"\(name.prefix(80))\" must be called by 1 to 64 letters, digits, _ or -"
        }
        guard (2...10_000).contains(labels.count) else {
            return "\(name): \(labels.count) labels; there must be 2 to 10000"
        }
        guard (1...1000).contains(templates.count) else {
            return "\(name): \(templates.count) templates; there must be 1 to 1000"
        }
        let places = Dictionary(labels.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
        for label in labels {
            let isBare = label.isEmpty || label.first?.isWhitespace == true || label.last?.isWhitespace == true
            guard !isBare, label.count <= 200 else {
                return "\(name): the label \"\(label.prefix(80))\" is empty, begins or ends blank, or is too long"
            }
            guard places[label.lowercased()] == 1 else { return "\(name): the label \(label) stands there twice" }
        }
        guard mode == .single || (1...labels.count).contains(topM) else {
            return "\(name): top_m is \(topM); it must be 1 to the number of labels, \(labels.count)"
        }
        return weight >= 0 && weight.isFinite ? nil : "\(name): the weight is \(weight); it must be a number from 0"
    }
}

extension Decoder {
    /// Refuses a mapping with keys that a type does not know.
    func refuseKeys<Key: CodingKey & CaseIterable>(outside keys: Key.Type) throws {
        let known = Key.allCases.map(\.stringValue), container = try self.container(keyedBy: NodeKey.self)
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where !known.contains(key.stringValue) {
            let nearest = NearNames.near(key.stringValue, in: known).first ?? ""
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "there is no such key; the nearest is \(nearest); known here: "
                    + known.joined(separator: ", "))
        }
    }
}
