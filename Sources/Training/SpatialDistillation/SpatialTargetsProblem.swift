/// What can be wrong with spatial targets.
public enum SpatialTargetsProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder without targets, or with those of another version of the format.
    case notTargets(String)
    /// Targets made with other settings: what differs.
    case otherSettings([String])
    /// Targets of other videos than those of the list: what differs.
    case otherVideos(String)
    /// A file whose content is not what the manifest says, or cannot be read.
    case damaged(String)
    /// A list none of whose videos can be read.
    case nothingReadable(String)
    /// A vocabulary of which no group is left.
    case nothingLeft(String)
    /// A folder or file that cannot be written.
    case unwritable(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notTargets(let detail): "no spatial targets: \(detail); `verb spatial-targets` makes them"
        case .otherSettings(let differences):
            "the targets were made otherwise (\(differences.joined(separator: "; "))); use another folder"
        case .otherVideos(let detail):
            "the targets belong to other videos: \(detail); make targets of this list with `verb spatial-targets`"
        case .damaged(let detail): "\(detail); remove the folder and make the targets again"
        case .nothingReadable(let detail): "no video of the list can be read; the first: \(detail)"
        case .nothingLeft(let detail): "no group of the vocabulary is left: \(detail)"
        case .unwritable(let detail): "cannot be written: \(detail)"
        }
    }
}
