/// What can be wrong with kept features.
public enum FeatureCacheProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A manifest that is none, or of another version of the format.
    case notACache(String)
    /// Features made with other settings; the names of the settings that differ.
    case otherSettings([String])
    /// A file that holds another view than its name says.
    case otherView
    /// A view that was never stored.
    case missing
    /// A file whose tensors are not what the manifest says, or cannot be read.
    case damaged(String)
    /// Values that the element type cannot hold, or that are not finite.
    case notFinite
    /// A folder or file that cannot be written.
    case unwritable(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notACache(let detail): "not a folder of kept features: \(detail)"
        case .otherSettings(let names):
            "the features were made with other settings (\(names.joined(separator: ", "))); use another folder"
        case .otherView: "the file holds another view than its name says; remove it"
        case .missing: "the view is not among the kept features; compute and store it"
        case .damaged(let detail): "\(detail); remove the file and store the view again"
        case .notFinite: "the features have values that the element type cannot hold; keep them as float32"
        case .unwritable(let detail): "cannot be written: \(detail)"
        }
    }
}
