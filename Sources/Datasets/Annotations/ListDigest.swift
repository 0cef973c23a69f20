internal import Crypto
internal import Foundation

/// Fingerprints of lists and class lists, so that a result can say which it belongs to.
enum ListDigest {
    /// SHA-256 of one file's bytes.
    static func sha256(of bytes: Data) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    /// SHA-256 of several files: for each its name, a line end and its bytes.
    static func sha256(of files: [ListFile]) -> String {
        var hash = SHA256()
        for file in files {
            hash.update(data: Data("\((file.path as NSString).lastPathComponent)\n".utf8))
            hash.update(data: file.bytes)
        }
        return hexadecimal(hash.finalize())
    }

    /// SHA-256 of names, each with a line end behind it.
    static func sha256(of names: [String]) -> String {
        var hash = SHA256()
        for name in names { hash.update(data: Data((name + "\n").utf8)) }
        return hexadecimal(hash.finalize())
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
