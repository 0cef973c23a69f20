/// Where a model that a user named is.
public enum ModelReference: Sendable, Equatable {
    /// A model that belongs to this program.
    case bundled(BundledModel, path: String)
    /// A directory or file.
    case path(String)
    /// A model of a hub, by OWNER/NAME, that is in the cache.
    case cached(name: String, path: String)

    /// The directory or file to read.
    public var path: String {
        switch self {
        case .bundled(_, let path), .path(let path), .cached(_, let path): path
        }
    }
}
