internal import Crypto
public import Torch

/// A fingerprint of a model's weights.
///
///     SHA-256 over the tensors in the order of their names: name, type, shape, values
public enum WeightDigest {
    /// Computes the fingerprint.
    ///
    /// - Parameter tensors: by name.
    /// - Returns: lower-case hexadecimal.
    public static func sha256(of tensors: [String: Tensor]) -> String {
        var hash = SHA256()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(name) \(tensor.dtype.rawValue) \(tensor.shape)\n".utf8))
            tensor.withBytes { hash.update(bufferPointer: $0) }
        }
        return hexadecimal(hash.finalize())
    }

    static func sha256(of text: some Sequence<UInt8>) -> String { hexadecimal(SHA256.hash(data: Array(text))) }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
