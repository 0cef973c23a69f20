internal import Yams

/// The values of a mapping by key.
struct KeyedNodes<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let items: [String: Node]
    let parent: StrictDecoder

    var codingPath: [any CodingKey] { parent.codingPath }
    var allKeys: [Key] { items.keys.sorted().compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { items[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try child(key).isNull }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try child(key).decode(type) }
    func superDecoder() throws -> any Decoder { parent }
    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    private func child(_ key: Key) throws -> StrictDecoder {
        if key.stringValue == "_0", !contains(key) { return parent }
        parent.journal.ask(key.stringValue, at: codingPath)
        guard let node = items[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing"))
        }
        return parent.child(node, key)
    }
}

/// The values of a list in order.
struct ListedNodes: UnkeyedDecodingContainer {
    let items: [Node]
    let parent: StrictDecoder
    private(set) var currentIndex = 0

    init(items: [Node], parent: StrictDecoder) { (self.items, self.parent) = (items, parent) }

    var codingPath: [any CodingKey] { parent.codingPath }
    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    mutating func decodeNil() throws -> Bool {
        let isNull = try current().isNull
        if isNull { currentIndex += 1 }
        return isNull
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
    mutating func superDecoder() throws -> any Decoder { try next() }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    private func current() throws -> StrictDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Node.self, .init(codingPath: codingPath, debugDescription: "the list is too short"))
        }
        return parent.child(items[currentIndex], NodeKey(currentIndex))
    }

    private mutating func next() throws -> StrictDecoder {
        let decoder = try current()
        currentIndex += 1
        return decoder
    }
}

/// The value of one place.
struct SingleNode: SingleValueDecodingContainer {
    let parent: StrictDecoder

    var codingPath: [any CodingKey] { parent.codingPath }
    func decodeNil() -> Bool { parent.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try parent.decode(type) }
}
