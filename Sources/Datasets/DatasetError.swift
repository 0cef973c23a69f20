/// What can go wrong with data sets.
public enum DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A plan that cannot be carried out; the text names the value and what it may be.
    case invalidPlan(String)
    /// The output folder holds something else than this plan's clips.
    case folderInUse(path: String, found: String)
    /// A file or folder cannot be written.
    case notWritable(path: String, reason: String)
    /// A list or annotation file that cannot be read as one.
    case unreadable(path: String, detail: String)

    /// What happened, to which thing, and what to do.
    public var description: String {
        switch self {
        case .invalidPlan(let what): what
        case .folderInUse(let path, let found):
            "\(path): the folder holds \(found); choose an empty or new folder"
        case .notWritable(let path, let reason):
            "\(path): cannot be written: \(reason); check the permissions and the space left"
        case .unreadable(let path, let detail): "\(path): \(detail)"
        }
    }
}
