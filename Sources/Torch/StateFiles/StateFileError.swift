/// What went wrong while a state file was read or written, where, and what to do.
public struct StateFileError: Error, Equatable, Sendable {
    /// The kinds of failure.
    public enum Kind: Equatable, Sendable {
        /// The file cannot be opened or mapped.
        case unreadable
        /// The content is none of the containers that ``StateFileFormat`` lists.
        case notAStateFile
        /// The container is one of ours, but its content contradicts itself or ends too early.
        case damaged
        /// The file asks for something that a reader must never do, such as calling a function.
        case forbidden
        /// The file is well formed and harmless, but uses a feature that is not read.
        case unsupported
        /// A value that was asked for is not in the file, or is of another kind.
        case missing
        /// The file cannot be written.
        case unwritable
    }

    /// The kind of failure.
    public let kind: Kind
    /// The path of the file.
    public let path: String
    /// The entry, tensor or key at fault, if the failure has one.
    public let place: String?
    /// What is wrong.
    public let what: String
    /// What to do about it.
    public let remedy: String

    init(_ kind: Kind, path: String, place: String? = nil, _ what: String, remedy: String? = nil) {
        self.kind = kind
        self.path = path
        self.place = place
        self.what = what
        self.remedy = remedy ?? kind.usualRemedy
    }
}

extension StateFileError: CustomStringConvertible {
    /// The sentence for people: path, place, problem and remedy.
    public var description: String {
        "\(path):\(place.map { " \($0):" } ?? "") \(what). \(remedy)."
    }
}

extension StateFileError.Kind {
    fileprivate var usualRemedy: String {
        switch self {
        case .unreadable: "Check the path and the file's permissions"
        case .notAStateFile:
            "Give a .safetensors file, or a .pt, .pth or .bin file written by torch.save or torch.jit.save"
        case .damaged: "The file is damaged or was cut short; download or copy it again"
        case .forbidden:
            "Do not open this file with a reader that runs pickles; get the weights from a source you trust"
        case .unsupported: "In Python, save the weights alone: torch.save(model.state_dict(), path)"
        case .missing: "Check the name against the names in the file"
        case .unwritable: "Check the folder's permissions and the free space"
        }
    }
}
