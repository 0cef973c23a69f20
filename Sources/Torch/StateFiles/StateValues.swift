/// A dictionary key of a state file.
public enum StateKey: Hashable, Sendable {
    /// A string key.
    case string(String)
    /// An integer key, as in the state of an optimiser.
    case int(Int)
}

/// All values of one file, in one flat table; values refer to each other by their place in the table.
///
/// Nothing nests, so neither reading nor freeing a list that is 60,000 levels deep needs recursion, a value that many
/// others share is stored once, and a list that contains itself does no harm.
struct StateValues: Sendable {
    typealias Reference = Int

    enum Node: Sendable {
        case none
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        /// A place in `blobs`: an integer of more than 64 bits, two's complement, little-endian.
        case bigInteger(Int)
        /// A place in `blobs`.
        case bytes(Int)
        /// A place in `sequences`.
        case list(Int)
        /// A place in `sequences`.
        case tuple(Int)
        /// A place in `dictionaries`.
        case dictionary(Int)
        /// A place in `tensors`.
        case tensor(Int)
        /// A place in `storages`.
        case storage(Int)
        /// A place in `symbols`.
        case symbol(Int)
        /// A TorchScript object: a place in `dictionaries` for its attributes.
        case object(Int)
    }

    struct Dictionary: Sendable {
        private(set) var entries: [(key: StateKey, value: Reference)] = []
        private var places: [StateKey: Int] = [:]

        subscript(key: StateKey) -> Reference? { places[key].map { entries[$0].value } }

        /// A key that is set again keeps its place, as in Python.
        mutating func set(_ key: StateKey, _ value: Reference) {
            if let place = places[key] {
                entries[place].value = value
            } else {
                places[key] = entries.count
                entries.append((key, value))
            }
        }
    }

    struct Storage: Sendable {
        let bytes: StoredBytes
        let dtype: DType
        var count: Int { bytes.range.count / dtype.byteCount }
    }

    /// The most values that are read from one file: a hostile pickle can claim a few hundred megabytes, not more.
    static let mostNodes = 4_000_000
    /// The most tensors that are read from one file.
    static let mostTensors = 262_144

    private(set) var nodes: [Node] = [.none, .bool(false), .bool(true), .tuple(0)]
    private(set) var sequences: [[Reference]] = [[]]
    /// The first is empty for ever: the attributes of objects that have none.
    private(set) var dictionaries: [Dictionary] = [Dictionary()]
    private(set) var tensors: [StoredTensor] = []
    private(set) var storages: [Storage] = []
    private(set) var symbols: [PickleSymbol] = []
    private(set) var blobs: [[UInt8]] = []
    /// The number of elements and entries in all containers; bounded like the nodes, for one list can be copied often.
    private(set) var items = 0

    static let none = 0
    static func bool(_ value: Bool) -> Reference { value ? 2 : 1 }
    static let emptyTuple = 3

    mutating func add(_ node: Node) -> Reference {
        nodes.append(node)
        return nodes.count - 1
    }

    mutating func addList(_ elements: [Reference] = []) -> Reference {
        sequences.append(elements)
        items += elements.count
        return add(.list(sequences.count - 1))
    }

    mutating func addTuple(_ elements: [Reference]) -> Reference {
        if elements.isEmpty { return StateValues.emptyTuple }
        sequences.append(elements)
        items += elements.count
        return add(.tuple(sequences.count - 1))
    }

    mutating func addDictionary() -> Reference {
        dictionaries.append(Dictionary())
        return add(.dictionary(dictionaries.count - 1))
    }

    mutating func addTensor(_ tensor: StoredTensor) -> Reference {
        tensors.append(tensor)
        return add(.tensor(tensors.count - 1))
    }

    mutating func addStorage(_ storage: Storage) -> Reference {
        storages.append(storage)
        return add(.storage(storages.count - 1))
    }

    mutating func addSymbol(_ symbol: PickleSymbol) -> Reference {
        symbols.append(symbol)
        return add(.symbol(symbols.count - 1))
    }

    mutating func addObject() -> Reference { add(.object(0)) }

    mutating func addBytes(_ bytes: [UInt8], as node: (Int) -> Node) -> Reference {
        blobs.append(bytes)
        return add(node(blobs.count - 1))
    }

    mutating func append(_ elements: some Sequence<Reference>, toSequence place: Int) {
        let count = sequences[place].count
        sequences[place].append(contentsOf: elements)
        items += sequences[place].count - count
    }

    mutating func set(_ key: StateKey, _ value: Reference, inDictionary place: Int) {
        dictionaries[place].set(key, value)
        items += 1
    }

    /// Gives an object its attributes.
    ///
    /// They stay the dictionary they were, so that nothing is copied.
    mutating func setAttributes(of object: Reference, toDictionary place: Int) {
        nodes[object] = .object(place)
    }

    /// Drops what only the reading itself needed.
    mutating func finish() {
        storages = []
    }
}

extension StateValues {
    func elements(_ reference: Reference) -> [Reference]? {
        switch nodes[reference] {
        case .list(let place), .tuple(let place): sequences[place]
        default: nil
        }
    }

    func tuple(_ reference: Reference) -> [Reference]? {
        guard case .tuple(let place) = nodes[reference] else { return nil }
        return sequences[place]
    }

    func int(_ reference: Reference) -> Int? {
        guard case .int(let value) = nodes[reference] else { return nil }
        return value
    }

    func string(_ reference: Reference) -> String? {
        guard case .string(let value) = nodes[reference] else { return nil }
        return value
    }

    func symbol(_ reference: Reference) -> PickleSymbol? {
        guard case .symbol(let place) = nodes[reference] else { return nil }
        return symbols[place]
    }

    /// The integers of a tuple or list of integers.
    func integers(_ reference: Reference) -> [Int]? {
        guard let elements = elements(reference), elements.count <= StoredTensor.mostDimensions else { return nil }
        let values = elements.compactMap(int)
        return values.count == elements.count ? values : nil
    }

    func key(_ reference: Reference) -> StateKey? {
        switch nodes[reference] {
        case .string(let value): .string(value)
        case .int(let value): .int(value)
        case .bool(let value): .int(value ? 1 : 0)  // True == 1 as a key in Python
        default: nil
        }
    }
}
