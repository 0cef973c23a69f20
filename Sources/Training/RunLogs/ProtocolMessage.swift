/// A message in Protocol Buffers' wire format, written field by field.
///
/// Source: protobuf.dev, "Encoding". Only what event files need; a field is written even where it has its default.
struct ProtocolMessage {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case bits64 = 1
        case lengthDelimited = 2
        case bits32 = 5
    }

    /// Writes an integer or enumeration.
    mutating func put(_ field: Int, _ value: Int) {
        tag(field, .varint)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Writes a number of 64 bits.
    mutating func put(_ field: Int, _ value: Double) {
        tag(field, .bits64)
        bytes += value.bitPattern.littleEndianBytes
    }

    /// Writes a number of 32 bits.
    mutating func put(_ field: Int, _ value: Float) {
        tag(field, .bits32)
        bytes += value.bitPattern.littleEndianBytes
    }

    /// Writes bytes, or text as UTF-8.
    mutating func put(_ field: Int, _ value: some Collection<UInt8>) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.count))
        bytes += value
    }

    /// Writes a message within this one.
    mutating func put(_ field: Int, _ body: (inout ProtocolMessage) -> Void) {
        var inner = ProtocolMessage()
        body(&inner)
        put(field, inner.bytes)
    }

    private mutating func tag(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension FixedWidthInteger {
    /// The bytes, the lowest first.
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
