/// The names of classes in the order of their numbers.
///
/// Numbers mean nothing without this list: HMDB51 has two orders in use. So a checkpoint stores it with its ``digest``.
public struct ClassList: Sendable, Codable {
    /// The names; a class's number is its position.
    public let names: [String]
    /// SHA-256 of the names, each with a line end behind it, in lower-case hexadecimal.
    public let digest: String

    private let exact: [String: Int]
    /// Positions by normalised name; nil where several names are the same then.
    private let normalised: [String: Int?]

    private enum CodingKeys: String, CodingKey { case names, digest }

    /// Takes names.
    ///
    /// - Parameter names: at least one, none empty, none twice.
    /// - Throws: `DatasetError.badOption` naming the one that is wrong.
    public init(_ names: [String]) throws(DatasetError) {
        guard !names.isEmpty else { throw .badOption("a class list needs at least one name") }
        var exact: [String: Int] = [:]
        for (position, name) in names.enumerated() {
            guard !name.isEmpty else { throw .badOption("class \(position) has no name") }
            if let first = exact.updateValue(position, forKey: name) {
                throw .badOption("the classes \(first) and \(position) are both called \(name)")
            }
        }
        self.names = names
        self.exact = exact
        digest = ListDigest.sha256(of: names)
        normalised = Dictionary(
            names.enumerated().map { (Self.normalised($1), $0) }, uniquingKeysWith: { _, _ in nil })
    }

    /// Reads names and compares their digest.
    ///
    /// - Parameter decoder: where they are read from.
    /// - Throws: `DecodingError` when the names are none, or are not those that the digest was made of.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        do { try self.init(values.decode([String].self, forKey: .names)) } catch let error as DatasetError {
            throw DecodingError.dataCorruptedError(forKey: .names, in: values, debugDescription: error.description)
        }
        guard try values.decode(String.self, forKey: .digest) == digest else {
            throw DecodingError.dataCorruptedError(
                forKey: .digest, in: values, debugDescription: "the class names were changed after they were stored")
        }
    }

    /// Writes the names and their digest.
    ///
    /// - Parameter encoder: where they are written to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(names, forKey: .names)
        try values.encode(digest, forKey: .digest)
    }

    /// The number of classes.
    public var count: Int { names.count }

    /// The number of a class.
    ///
    /// - Parameter name: its name, or one that differs in letter case, punctuation, underscores and blanks only.
    /// - Returns: its position; nil when no class, or more than one, is called so.
    public func position(of name: String) -> Int? {
        if let position = exact[name] { return position }
        let plain = Self.normalised(name)
        return plain.isEmpty ? nil : normalised[plain] ?? nil
    }

    /// Where each class stands in another list.
    ///
    /// - Parameter other: a list with all of these classes, perhaps in another order, spelt otherwise, and more.
    /// - Returns: for each class its position in the other list.
    /// - Throws: `DatasetError.classesDiffer` naming the classes without exactly one counterpart.
    public func mapping(to other: ClassList) throws(DatasetError) -> [Int] {
        let positions = names.map { other.position(of: $0) }
        let claims = Dictionary(positions.map { ($0, 1) }, uniquingKeysWith: +)
        let unmatched = zip(names, positions).filter { $1 == nil || claims[$1] != 1 }.map(\.0)
        guard unmatched.isEmpty else { throw .classesDiffer(unmatched: unmatched, of: count) }
        return positions.compactMap { $0 }
    }

    /// A name as it is compared: lower-case letters and digits, underscores and blanks as one blank.
    ///
    /// Source: Kinetics-400 lists differ in parentheses, HMDB51 lists in underscores.
    static func normalised(_ name: String) -> String {
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber || $0.isWhitespace || $0 == "_" }
        return plain.split { $0.isWhitespace || $0 == "_" }.joined(separator: " ")
    }
}

extension ClassList: Equatable {
    /// Whether the names are the same in the same order.
    ///
    /// - Parameters:
    ///   - first: one list.
    ///   - second: another list.
    /// - Returns: true for the same names.
    public static func == (first: ClassList, second: ClassList) -> Bool { first.digest == second.digest }
}
