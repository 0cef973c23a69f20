import CZlib
import Foundation

/// Decompression of gzip data through zlib.
enum Gzip {
    /// Whether data starts like a gzip file.
    static func isGzip(_ data: Data) -> Bool { data.starts(with: [0x1F, 0x8B]) }

    /// Decompresses all members of a gzip file.
    ///
    /// - Parameters:
    ///   - data: the file's bytes.
    ///   - limit: how many bytes the result may have; a file of a few kilobytes can expand to gigabytes.
    ///   - path: the file that messages name.
    /// - Returns: the bytes.
    /// - Throws: ``TokenizerError/damagedGzip(path:reason:)``.
    static func inflated(_ data: Data, limit: Int = 1 << 26, path: String) throws(TokenizerError) -> [UInt8] {
        switch inflate([UInt8](data), limit: limit) {
        case .success(let bytes): return bytes
        case .failure(let damage): throw .damagedGzip(path: path, reason: damage.reason)
        }
    }

    private struct Damage: Error { let reason: String }

    private static func inflate(_ input: [UInt8], limit: Int) -> Result<[UInt8], Damage> {
        var stream = z_stream()
        // 16 + 15: a gzip header is expected, the window is as large as any.
        let version = zlibVersion()
        guard inflateInit2_(&stream, 31, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return .failure(Damage(reason: "zlib cannot be started"))
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var input = input
        return input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            while true {
                let status = chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    return CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                output += chunk.prefix(chunk.count - Int(stream.avail_out))
                guard output.count <= limit else { return .failure(Damage(reason: "more than \(limit) bytes inside")) }
                switch status {
                case Z_OK: continue
                case Z_STREAM_END:
                    guard stream.avail_in > 0 else { return .success(output) }
                    inflateReset(&stream)
                case Z_BUF_ERROR: return .failure(Damage(reason: "truncated"))
                default:
                    return .failure(Damage(reason: stream.msg.map { String(cString: $0) } ?? "zlib status \(status)"))
                }
            }
        }
    }
}
