/// A plain value of a state file: a number, a string, a list, a dictionary, a tensor.
///
/// The value is a reference into the file's table of values; copying and freeing it costs the same however much it
/// holds.
/// ```swift
/// let epoch = file.root["epoch"]?.int
/// let weights = file.root["state_dict"]?.tensors ?? []
/// ```
public struct StateValue: Sendable {
    /// The kinds of value.
    public enum Kind: Sendable {
        /// Python's `None`.
        case none
        /// A truth value.
        case bool
        /// An integer of up to 64 bits.
        case int
        /// An integer of more than 64 bits, readable as ``StateValue/bytes``.
        case bigInteger
        /// A floating-point number.
        case double
        /// A text.
        case string
        /// A byte string.
        case bytes
        /// A list.
        case list
        /// A tuple.
        case tuple
        /// A dictionary, in its order.
        case dictionary
        /// A tensor.
        case tensor
        /// An object of a TorchScript archive; its attributes read as a dictionary's entries.
        case object
        /// A name or storage that the file mentions by itself; it has no readable content.
        case opaque
    }

    private final class Table: Sendable {
        let values: StateValues
        init(_ values: StateValues) { self.values = values }
    }

    private let table: Table
    private let reference: StateValues.Reference
    private var node: StateValues.Node { table.values.nodes[reference] }

    init(_ values: StateValues, root: StateValues.Reference) {
        table = Table(values)
        reference = root
    }

    private init(_ table: Table, _ reference: StateValues.Reference) {
        self.table = table
        self.reference = reference
    }

    /// The kind of this value.
    public var kind: Kind {
        switch node {
        case .none: .none
        case .bool: .bool
        case .int: .int
        case .bigInteger: .bigInteger
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .tuple: .tuple
        case .dictionary: .dictionary
        case .tensor: .tensor
        case .object: .object
        case .storage, .symbol: .opaque
        }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        guard case .bool(let value) = node else { return nil }
        return value
    }

    /// The integer, if this is one of up to 64 bits.
    public var int: Int? { table.values.int(reference) }

    /// The number, if this is a floating-point number or an integer.
    public var double: Double? {
        switch node {
        case .double(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }

    /// The text, if this is one.
    public var string: String? { table.values.string(reference) }

    /// The bytes of a byte string, or of a big integer (two's complement, little-endian).
    public var bytes: [UInt8]? {
        switch node {
        case .bytes(let place), .bigInteger(let place): table.values.blobs[place]
        default: nil
        }
    }

    /// The tensor, if this is one.
    public var tensor: StoredTensor? {
        guard case .tensor(let place) = node else { return nil }
        return table.values.tensors[place]
    }

    /// The elements of a list or tuple.
    public var elements: [StateValue]? {
        table.values.elements(reference)?.map { StateValue(table, $0) }
    }

    /// The entries of a dictionary, or the attributes of an object, in the order of the file.
    public var entries: [(key: StateKey, value: StateValue)]? {
        dictionary?.entries.map { ($0.key, StateValue(table, $0.value)) }
    }

    /// The tensors of a dictionary under their names, in the order of the file; entries of other kinds are left out.
    public var tensors: [(name: String, tensor: StoredTensor)] {
        (dictionary?.entries ?? []).compactMap { entry in
            guard case .string(let name) = entry.key, let tensor = StateValue(table, entry.value).tensor else {
                return nil
            }
            return (name, tensor)
        }
    }

    /// The value under a name; nil if this is no dictionary or has no such key.
    ///
    /// - Parameter key: the name.
    public subscript(key: String) -> StateValue? {
        dictionary?[.string(key)].map { StateValue(table, $0) }
    }

    /// The value under an integer key of a dictionary, or the element at an index of a list or tuple.
    ///
    /// - Parameter key: the key or index; nil is returned where there is none.
    public subscript(key: Int) -> StateValue? {
        if let elements = table.values.elements(reference) {
            return elements.indices.contains(key) ? StateValue(table, elements[key]) : nil
        }
        return dictionary?[.int(key)].map { StateValue(table, $0) }
    }

    private var dictionary: StateValues.Dictionary? {
        switch node {
        case .dictionary(let place), .object(let place): table.values.dictionaries[place]
        default: nil
        }
    }
}

extension StateValue: CustomStringConvertible {
    /// A short text: the value itself if it is simple, else its kind and size.
    ///
    /// It never walks into nested values.
    public var description: String {
        switch node {
        case .none: "none"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .bytes, .bigInteger: "\(kind) of \(bytes?.count ?? 0) bytes"
        case .list, .tuple: "\(kind) of \(table.values.elements(reference)?.count ?? 0)"
        case .dictionary, .object: "\(kind) of \(dictionary?.entries.count ?? 0)"
        case .tensor: "tensor \(tensor?.shape ?? [])"
        case .storage, .symbol: "opaque"
        }
    }
}
