/// Reads one pickle into a table of plain values.
///
/// The machine knows the instructions and names that weights need and refuses every other one when it is met. It holds
/// no callable thing, so nothing can be executed; it is a loop over an explicit stack, so nesting costs no call stack.
struct PickleMachine {
    /// Turns the fields of a persistent identifier into the stretch of the file that it stands for.
    typealias StorageLookup = (StorageIdentifier) throws(StateFileError) -> StoredBytes

    private(set) var reader: ByteReader
    var values = StateValues()
    let inScript: Bool
    private let storage: StorageLookup
    private var stack: [StateValues.Reference] = []
    private var marks: [Int] = []
    private var memo: [UInt64: StateValues.Reference] = [:]

    init(_ reader: ByteReader, inScript: Bool = false, storage: @escaping StorageLookup) {
        self.reader = reader
        self.inScript = inScript
        self.storage = storage
    }

    /// Runs to the end of the pickle and returns its object.
    mutating func run() throws(StateFileError) -> StateValues.Reference {
        while true {
            let code = try reader.byte()
            guard let opcode = PickleOpcode(rawValue: code) else { throw refused(code) }
            if opcode == .stop { break }
            try step(opcode)
            guard max(values.nodes.count, values.items, stack.count, marks.count) <= StateValues.mostNodes else {
                throw unsupported("it holds too many values")
            }
        }
        guard stack.count == 1, marks.isEmpty else {
            throw damaged("it leaves \(stack.count) objects instead of one")
        }
        values.finish()
        return stack[0]
    }

    private mutating func step(_ opcode: PickleOpcode) throws(StateFileError) {
        switch opcode {
        case .proto, .frame, .stop: try header(opcode)
        case .none: push(StateValues.none)
        case .newTrue: push(StateValues.bool(true))
        case .newFalse: push(StateValues.bool(false))
        case .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat: try number(opcode)
        case .binUnicode, .shortBinUnicode, .binUnicode8: try text(opcode)
        case .binBytes, .shortBinBytes, .binBytes8: try bytes(opcode)
        case .emptyDictionary, .emptyList, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .dictionary, .list:
            try container(opcode)
        case .append, .appends, .setItem, .setItems: try fill(opcode)
        case .mark, .pop, .popMark, .duplicate: try arrange(opcode)
        case .binGet, .longBinGet, .binPut, .longBinPut, .memoize: try remember(opcode)
        case .global:
            try symbol(module: try reader.line(atMost: 1024), name: try reader.line(atMost: 1024))
        case .stackGlobal:
            guard let name = values.string(try pop()), let module = values.string(try pop()) else {
                throw damaged("a name is not a string")
            }
            try symbol(module: module, name: name)
        case .binPersistentID: push(try persistent(try pop()))
        case .reduce:
            let arguments = try pop()
            push(try call(try pop(), arguments))
        case .newObject:
            let arguments = try pop()
            push(try instantiate(try pop(), arguments))
        case .build:
            let state = try pop()
            try setState(of: try top(), to: state)
        }
    }

    private mutating func symbol(module: String, name: String) throws(StateFileError) {
        guard let symbol = PickleSymbol(module: module, name: name, inScript: inScript) else {
            throw PickleSymbol.refusal(module: module, name: name, path: reader.file.path, place: reader.place)
        }
        push(values.addSymbol(symbol))
    }

    private mutating func persistent(_ tuple: StateValues.Reference) throws(StateFileError) -> StateValues.Reference {
        let identifier = try StorageIdentifier(tuple, in: values, of: self)
        return values.addStorage(StateValues.Storage(bytes: try storage(identifier), dtype: identifier.dtype))
    }
}

extension PickleMachine {
    private mutating func header(_ opcode: PickleOpcode) throws(StateFileError) {
        if opcode == .frame {
            let length: UInt64 = try reader.integer()
            guard length <= UInt64(reader.remaining) else { throw damaged("a frame reaches past the end") }
        } else {
            let version = try reader.byte()
            guard (2...5).contains(version) else { throw unsupported("it has pickle protocol \(version), not 2 to 5") }
        }
    }

    private mutating func number(_ opcode: PickleOpcode) throws(StateFileError) {
        switch opcode {
        case .binInt: push(values.add(.int(Int(try reader.integer(Int32.self)))))
        case .binInt1: push(values.add(.int(Int(try reader.byte()))))
        case .binInt2: push(values.add(.int(Int(try reader.integer(UInt16.self)))))
        case .binFloat:
            push(values.add(.double(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped))))
        case .long1: push(integer(try reader.skip(UInt64(try reader.byte()))))
        default:
            let length = try reader.integer(Int32.self)
            guard length >= 0 else { throw damaged("an integer has a negative length") }
            push(integer(try reader.skip(UInt64(length))))
        }
    }

    /// Makes an integer from two's complement bytes, least significant first.
    private mutating func integer(_ range: Range<Int>) -> StateValues.Reference {
        let bytes = Array(reader.file.bytes[range])
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        let filler: UInt8 = isNegative ? 0xFF : 0
        guard bytes.dropFirst(8).allSatisfy({ $0 == filler }), bytes.count < 9 || (bytes[7] >= 0x80) == isNegative
        else {
            return values.addBytes(bytes) { .bigInteger($0) }
        }
        var value: UInt64 = isNegative ? .max : 0
        for byte in bytes.prefix(8).reversed() { value = value << 8 | UInt64(byte) }
        return values.add(.int(Int(Int64(bitPattern: value))))
    }

    private mutating func text(_ opcode: PickleOpcode) throws(StateFileError) {
        let length: UInt64 =
            switch opcode {
            case .shortBinUnicode: UInt64(try reader.byte())
            case .binUnicode: UInt64(try reader.integer(UInt32.self))
            default: try reader.integer()
            }
        push(values.add(.string(try reader.text(length))))
    }

    private mutating func bytes(_ opcode: PickleOpcode) throws(StateFileError) {
        let length: UInt64 =
            switch opcode {
            case .shortBinBytes: UInt64(try reader.byte())
            case .binBytes: UInt64(try reader.integer(UInt32.self))
            default: try reader.integer()
            }
        let range = try reader.skip(length)
        push(values.addBytes(Array(reader.file.bytes[range])) { .bytes($0) })
    }

    private mutating func container(_ opcode: PickleOpcode) throws(StateFileError) {
        switch opcode {
        case .emptyDictionary: push(values.addDictionary())
        case .emptyList: push(values.addList())
        case .emptyTuple: push(StateValues.emptyTuple)
        case .tuple: push(values.addTuple(try popToMark()))
        case .tuple1: push(values.addTuple(try pop(count: 1)))
        case .tuple2: push(values.addTuple(try pop(count: 2)))
        case .tuple3: push(values.addTuple(try pop(count: 3)))
        case .list: push(values.addList(try popToMark()))
        default:
            let items = try popToMark()
            let dictionary = values.addDictionary()
            try set(items, in: dictionary)
            push(dictionary)
        }
    }

    private mutating func fill(_ opcode: PickleOpcode) throws(StateFileError) {
        let items: [StateValues.Reference] =
            switch opcode {
            case .append: [try pop()]
            case .setItem: try pop(count: 2)
            default: try popToMark()
            }
        if opcode == .setItem || opcode == .setItems { return try set(items, in: try top()) }
        guard case .list(let place) = values.nodes[try top()] else { throw damaged("it appends to what is not a list") }
        values.append(items, toSequence: place)
    }

    private mutating func set(
        _ items: [StateValues.Reference], in dictionary: StateValues.Reference
    ) throws(StateFileError) {
        guard case .dictionary(let place) = values.nodes[dictionary] else {
            throw damaged("it sets an item of what is not a dictionary")
        }
        guard items.count.isMultiple(of: 2) else { throw damaged("a dictionary has a key without a value") }
        for index in stride(from: 0, to: items.count, by: 2) {
            guard let key = values.key(items[index]) else {
                throw unsupported("a dictionary has a key that is neither a string nor an integer")
            }
            values.set(key, items[index + 1], inDictionary: place)
        }
    }

    private mutating func arrange(_ opcode: PickleOpcode) throws(StateFileError) {
        switch opcode {
        case .mark: marks.append(stack.count)
        case .duplicate: push(try top())
        case .popMark: _ = try popToMark()
        default:
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        }
    }

    private mutating func remember(_ opcode: PickleOpcode) throws(StateFileError) {
        switch opcode {
        case .binGet: push(try recall(UInt64(try reader.byte())))
        case .longBinGet: push(try recall(UInt64(try reader.integer(UInt32.self))))
        case .binPut: memo[UInt64(try reader.byte())] = try top()
        case .longBinPut: memo[UInt64(try reader.integer(UInt32.self))] = try top()
        default: memo[UInt64(memo.count)] = try top()
        }
    }

    private func recall(_ slot: UInt64) throws(StateFileError) -> StateValues.Reference {
        guard let value = memo[slot] else { throw damaged("it recalls slot \(slot), which was never stored") }
        return value
    }
}

extension PickleMachine {
    private mutating func push(_ reference: StateValues.Reference) { stack.append(reference) }

    /// Values below the newest mark belong to an unfinished container and are out of reach.
    private var floor: Int { marks.last ?? 0 }

    private func top() throws(StateFileError) -> StateValues.Reference {
        guard stack.count > floor, let last = stack.last else { throw damaged("it takes a value from an empty stack") }
        return last
    }

    private mutating func pop() throws(StateFileError) -> StateValues.Reference {
        let last = try top()
        stack.removeLast()
        return last
    }

    private mutating func pop(count: Int) throws(StateFileError) -> [StateValues.Reference] {
        guard stack.count - floor >= count else { throw damaged("it takes a value from an empty stack") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(StateFileError) -> [StateValues.Reference] {
        guard let mark = marks.popLast() else { throw damaged("it looks for a mark that was never set") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    func damaged(_ what: String) -> StateFileError {
        reader.damaged("\(what) (before byte \(reader.position) of the file)")
    }

    func unsupported(_ what: String) -> StateFileError {
        StateFileError(.unsupported, path: reader.file.path, place: reader.place, what)
    }

    private func refused(_ code: UInt8) -> StateFileError {
        guard let name = PickleOpcode.refused[code] else {
            return damaged("\(code) is not a pickle instruction")
        }
        return unsupported("it uses the pickle instruction \(name), which no weight file needs")
    }
}
