/// The name of a model on a hub: its owner and its own name.
public struct ModelName: Sendable, Hashable, CustomStringConvertible {
    /// The user or organisation.
    public let owner: String
    /// The model's name within the owner's.
    public let name: String
    /// OWNER/NAME.
    public var description: String { "\(owner)/\(name)" }

    /// Reads a name.
    ///
    /// - Parameter text: OWNER/NAME; letters, digits, `-`, `_` and `.`, neither `--` nor `..`.
    /// - Throws: ``HubError/invalidModelName(_:)``.
    public init(_ text: String) throws(HubError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isPart) else { throw .invalidModelName(text) }
        (owner, name) = (parts[0], parts[1])
    }

    /// Owner and name become one folder's name, joined by `--`; so neither may contain it.
    private static func isPart(_ part: String) -> Bool {
        let isPlain = part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isPlain && 1...96 ~= part.utf8.count && !part.contains("--") && !part.contains("..")
            && !part.hasPrefix("-") && !part.hasSuffix("-") && !part.hasPrefix(".") && !part.hasSuffix(".")
    }
}
