internal import Yams

/// Which keys of which mappings were asked for while decoding.
final class KeyJournal {
    private var asked: [String: Set<String>] = [:]

    func ask(_ key: String, at path: [any CodingKey]) { asked[path.dotted, default: []].insert(key) }

    /// The first key of a tree that nothing asked for.
    func unaskedKey(in node: Node, at path: [any CodingKey] = []) -> YAMLProblem? {
        if let items = node.sequence {
            for (index, item) in items.enumerated() {
                if let problem = unaskedKey(in: item, at: path + [NodeKey(index)]) { return problem }
            }
        }
        guard let mapping = node.mapping else { return nil }
        let known = asked[path.dotted] ?? []
        for (key, value) in mapping {
            let here = path + [NodeKey(key.string ?? "?")]
            guard let name = key.string, known.contains(name) else {
                let others = known.filter { $0 != "_0" }.sorted()
                let nearest = NearNames.near(key.string ?? "", in: others).first
                let remedy =
                    nearest.map { "; the nearest is \($0); known here: \(others.joined(separator: ", "))" } ?? ""
                return YAMLProblem(line: key.mark?.line, key: here.dotted, detail: "there is no such key\(remedy)")
            }
            if let problem = unaskedKey(in: value, at: here) { return problem }
        }
        return nil
    }
}

/// A key or an index of a YAML tree.
struct NodeKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) { (stringValue, intValue) = (name, nil) }
    init(_ index: Int) { (stringValue, intValue) = ("\(index)", index) }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}

/// Decodes values from a YAML tree: numbers only from plain numbers, every key of it written down.
///
/// Choices read as people write them: a word where a mapping is wanted stands for that key with nothing in it,
/// `sampling: uniform`, and the only, nameless setting of a choice (`_0`) stands in its place.
struct StrictDecoder: Decoder {
    let node: Node
    let codingPath: [any CodingKey]
    let journal: KeyJournal

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if let mapping = node.mapping {
            let items = mapping.compactMap { key, value in key.string.map { ($0, value) } }
            return KeyedDecodingContainer(
                KeyedNodes(items: Dictionary(items, uniquingKeysWith: { first, _ in first }), parent: self))
        }
        guard let word = node.scalar?.string, word.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            throw mismatch(type, "keys with values are wanted here")
        }
        return KeyedDecodingContainer(KeyedNodes(items: [word: Node([(Node, Node)]())], parent: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let items = node.sequence else { throw mismatch([Node].self, "a list is wanted here") }
        return ListedNodes(items: Array(items), parent: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleNode(parent: self) }

    /// The decoder of a value below this one.
    func child(_ node: Node, _ key: any CodingKey) -> StrictDecoder {
        StrictDecoder(node: node, codingPath: codingPath + [key], journal: journal)
    }

    /// Whether nothing stands here.
    var isNull: Bool { node.scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false }

    /// Decodes the value here; single values from their text, everything else by its own rule.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        guard let plain = type as? any PlainValue.Type else {
            do { return try T(from: self) } catch DecodingError.dataCorrupted(let context) {
                let words = choices(of: type) ?? context.debugDescription
                throw DecodingError.dataCorrupted(.init(codingPath: context.codingPath, debugDescription: words))
            }
        }
        guard let scalar = node.scalar, !isNull, let value = plain.init(yaml: scalar) as? T else {
            throw mismatch(type, "\(plain.article) is wanted here, not \(node.scalar?.string ?? "keys or a list")")
        }
        return value
    }

    /// The values that a choice by name has.
    private func choices(of type: any Decodable.Type) -> String? {
        guard let word = node.scalar?.string, let choices = (type as? any CaseIterable.Type)?.names else { return nil }
        return "there is no \(word); it must be \(choices.joined(separator: ", "))"
    }

    private func mismatch(_ type: Any.Type, _ words: String) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: words))
    }
}

extension CaseIterable {
    fileprivate static var names: [String] {
        allCases.map { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\($0)" }
    }
}

/// A value that stands alone in YAML.
private protocol PlainValue {
    static var article: String { get }
    init?(yaml scalar: Node.Scalar)
}

extension Int: PlainValue {
    static var article: String { "a whole number" }
    init?(yaml scalar: Node.Scalar) {
        guard scalar.style == .plain, let value = Int(scalar.string) else { return nil }
        self = value
    }
}

extension UInt64: PlainValue {
    static var article: String { "a whole number from 0" }
    init?(yaml scalar: Node.Scalar) {
        guard scalar.style == .plain, let value = UInt64(scalar.string) else { return nil }
        self = value
    }
}

extension Double: PlainValue {
    static var article: String { "a number" }
    init?(yaml scalar: Node.Scalar) {
        guard scalar.style == .plain, let value = Double(scalar.string), value.isFinite else { return nil }
        self = value
    }
}

extension Bool: PlainValue {
    static var article: String { "true or false" }
    init?(yaml scalar: Node.Scalar) {
        guard scalar.style == .plain, let value = Bool(scalar.string) else { return nil }
        self = value
    }
}

extension String: PlainValue {
    static var article: String { "a text" }
    init?(yaml scalar: Node.Scalar) { self = scalar.string }
}
