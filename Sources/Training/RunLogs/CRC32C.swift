/// The cyclic redundancy check with Castagnoli's polynomial, which guards the records of event files.
///
/// Source: RFC 3720, appendix B.4; the mask is TensorFlow's `crc32c::Mask`.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    /// The check of bytes.
    static func value(of bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// The check as records carry it: turned and shifted, so that a check over bytes that hold checks stays a good one.
    static func masked(of bytes: some Sequence<UInt8>) -> UInt32 {
        let value = value(of: bytes)
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }
}
