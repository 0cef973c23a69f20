import Synchronization

/// A tensor that lies in a state file: where its elements are and how to read them.
///
/// The value is a description of a few dozen bytes; no element is touched until it is asked for. Several stored
/// tensors may describe the same elements (PyTorch saves views of one storage as such).
public struct StoredTensor: Sendable {
    /// The type of the elements.
    public let dtype: DType
    /// The size of each dimension; empty for a single number.
    public let shape: [Int]
    /// The step of each dimension, in elements.
    public let strides: [Int]
    /// The position of the first element in the storage, in elements.
    public let offset: Int
    let storage: StoredBytes

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }  // checked against overflow when the value was made

    /// Whether the elements lie one after the other in row-major order.
    public var isContiguous: Bool {
        guard count > 1 else { return true }
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    /// The bytes of the file from the first to the last element.
    var span: Range<Int> {
        guard count > 0 else { return storage.range.lowerBound..<storage.range.lowerBound }
        let last = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        let start = storage.range.lowerBound + offset * dtype.byteCount
        return start..<(start + (last + 1) * dtype.byteCount)
    }

    /// Copies the elements out in row-major order, little-endian.
    ///
    /// - Returns: `count * dtype.byteCount` bytes.
    /// - Throws: ``StateFileError`` if the stored checksum does not match.
    public func bytes() throws(StateFileError) -> [UInt8] {
        try storage.verify()
        return storage.file.withBytes(span) { source in
            isContiguous ? Array(source) : gathered(source)
        }
    }

    private func gathered(_ source: UnsafeRawBufferPointer) -> [UInt8] {
        let size = dtype.byteCount
        var result: [UInt8] = []
        result.reserveCapacity(count * size)
        var index = [Int](repeating: 0, count: shape.count)
        for _ in 0..<count {
            let position = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } * size
            result.append(contentsOf: source[position..<(position + size)])
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }
}

extension StoredTensor {
    /// The most dimensions that are read; models have up to six.
    static let mostDimensions = 16
    /// The most bytes that a tensor may unfold to when it has more elements than its storage (stride 0), 1 GiB.
    static let largestExpansion = 1 << 30

    /// Checks the geometry of a tensor against its storage.
    ///
    /// - Returns: nil if everything lies inside, else what is wrong.
    static func problem(shape: [Int], strides: [Int], offset: Int, dtype: DType, storageCount: Int) -> String? {
        guard shape.count == strides.count else { return "\(shape.count) sizes but \(strides.count) strides" }
        guard shape.count <= mostDimensions else { return "\(shape.count) dimensions" }
        guard shape.allSatisfy({ $0 >= 0 }) else { return "a negative size in \(shape)" }
        guard strides.allSatisfy({ $0 >= 0 }) else { return "a negative stride in \(strides)" }
        guard offset >= 0 else { return "the negative offset \(offset)" }
        guard let bytes = product(of: shape.filter { $0 != 0 }, times: dtype.byteCount) else {
            return "the sizes \(shape), whose product overflows"
        }
        if shape.contains(0) { return offset <= storageCount ? nil : "an offset outside its storage" }
        guard let last = lastElement(shape: shape, strides: strides, offset: offset), last < storageCount else {
            return "sizes \(shape), strides \(strides), offset \(offset), which reach past \(storageCount) elements"
        }
        if bytes / dtype.byteCount > storageCount, bytes > largestExpansion {
            return "\(storageCount) stored elements that unfold to \(bytes) bytes"
        }
        return nil
    }

    private static func product(of sizes: [Int], times start: Int) -> Int? {
        var result = start
        for size in sizes {
            let (product, overflow) = result.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            result = product
        }
        return result
    }

    private static func lastElement(shape: [Int], strides: [Int], offset: Int) -> Int? {
        var last = offset
        for (size, stride) in zip(shape, strides) {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflowSum) = last.addingReportingOverflow(reach)
            if overflow || overflowSum { return nil }
            last = sum
        }
        return last
    }

    /// The strides of a row-major tensor; meaningless if the product of the sizes overflows.
    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] &* max(shape[axis + 1], 1)
        }
        return strides
    }
}

/// A stretch of a file that tensors are views of, with the checksum that the container holds for it.
final class StoredBytes: Sendable {
    let file: MappedFile
    let range: Range<Int>
    /// The name in the container, for errors.
    let name: String
    private let checksum: UInt32?
    private let verified: Mutex<Bool>

    init(_ file: MappedFile, _ range: Range<Int>, name: String, checksum: UInt32? = nil) {
        self.file = file
        self.range = range
        self.name = name
        self.checksum = checksum
        verified = Mutex(checksum == nil)
    }

    /// Compares the content with the checksum, the first time only.
    func verify() throws(StateFileError) {
        guard let checksum, !verified.withLock({ $0 }) else { return }
        guard file.withBytes(range, { CRC32.checksum(of: $0) }) == checksum else {
            throw StateFileError(.damaged, path: file.path, place: name, "the content does not match its checksum")
        }
        verified.withLock { $0 = true }
    }
}
