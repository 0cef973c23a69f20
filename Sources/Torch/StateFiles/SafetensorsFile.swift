/// Reads safetensors files: u64 header length, JSON header, data.
///
/// Source: huggingface/safetensors, README "Format".
struct SafetensorsFile {
    let metadata: [(key: String, value: String)]
    let root: StateValue

    init(_ file: MappedFile) throws(StateFileError) {
        var reader = ByteReader(file, 0..<file.size, place: "header")
        let length: UInt64 = try reader.integer()
        guard length <= StateFileFormat.largestSafetensorsHeader, length <= UInt64(reader.remaining) else {
            throw reader.damaged("its length is given as \(length) bytes, in a file of \(file.size)")
        }
        let range = try reader.skip(length)
        let header = try SafetensorsHeader(ByteReader(file, range, place: "header"))
        let data = range.upperBound..<file.size
        var values = StateValues()
        let root = values.addDictionary()
        guard case .dictionary(let place) = values.nodes[root] else { throw reader.damaged("it has no root") }
        var ranges: [Range<Int>] = []
        for (name, entry) in header.entries {
            let tensor = try SafetensorsFile.tensor(name, entry, file, data)
            ranges.append(tensor.storage.range)
            values.set(.string(name), values.addTensor(tensor), inDictionary: place)
        }
        try SafetensorsFile.checkTiling(ranges, data, reader)
        metadata = header.metadata
        self.root = StateValue(values, root: root)
    }

    private static func tensor(
        _ name: String, _ entry: SafetensorsHeader.Entry, _ file: MappedFile, _ data: Range<Int>
    ) throws(StateFileError) -> StoredTensor {
        func damaged(_ what: String) -> StateFileError {
            StateFileError(.damaged, path: file.path, place: name, what)
        }
        guard let code = entry.dtype, let shape = entry.shape, let offsets = entry.offsets, offsets.count == 2 else {
            throw damaged("its entry lacks dtype, shape or data_offsets")
        }
        guard let dtype = DType(safetensorsCode: code) else {
            throw StateFileError(
                .unsupported, path: file.path, place: name, "the element type \(code) is not read",
                remedy: "Convert the tensor to a type such as F32, F16 or I64")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
            throw damaged("its data_offsets \(offsets) lie outside the \(data.count) bytes of data")
        }
        let count = (offsets[1] - offsets[0]) / dtype.byteCount
        let strides = StoredTensor.rowMajorStrides(shape)
        if let problem = StoredTensor.problem(
            shape: shape, strides: strides, offset: 0, dtype: dtype, storageCount: count)
        {
            throw damaged("it has \(problem)")
        }
        let storage = StoredBytes(
            file, (data.lowerBound + offsets[0])..<(data.lowerBound + offsets[1]), name: name)
        let tensor = StoredTensor(dtype: dtype, shape: shape, strides: strides, offset: 0, storage: storage)
        guard tensor.count * dtype.byteCount == storage.range.count else {
            throw damaged("\(code) of shape \(shape) does not take \(storage.range.count) bytes")
        }
        return tensor
    }

    /// The tensors must cover the data from its first to its last byte, without gap or overlap.
    private static func checkTiling(
        _ ranges: [Range<Int>], _ data: Range<Int>, _ reader: ByteReader
    ) throws(StateFileError) {
        var position = data.lowerBound
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard range.lowerBound == position else {
                throw reader.damaged("the tensors overlap or leave a gap at byte \(min(position, range.lowerBound))")
            }
            position = range.upperBound
        }
        guard position == data.upperBound else {
            throw reader.damaged("\(data.upperBound - position) bytes after the last tensor belong to none")
        }
    }
}

extension DType {
    /// The element type of a name in a safetensors header; nil for types that are not read.
    init?(safetensorsCode code: String) {
        guard let match = DType.allCases.first(where: { $0.safetensorsCode == code }) else { return nil }
        self = match
    }

    /// The name of the type in a safetensors header.
    var safetensorsCode: String {
        switch self {
        case .float64: "F64"
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .int64: "I64"
        case .int32: "I32"
        case .int16: "I16"
        case .int8: "I8"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }
}
