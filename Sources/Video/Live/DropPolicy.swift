/// What happens to frames that come faster than they are used.
public enum DropPolicy: Sendable, Hashable {
    /// Nothing is dropped: the source waits while so many frames are not fetched yet. For files, which can wait.
    case block(capacity: Int)
    /// The oldest of so many waiting frames is dropped for each new one.
    case dropOldest(capacity: Int)
    /// Only the newest frame waits.
    case latest

    /// The largest number of frames that wait, at least 1.
    public var capacity: Int {
        switch self {
        case .block(let capacity), .dropOldest(let capacity): max(capacity, 1)
        case .latest: 1
        }
    }
}
