/// How a live source stands.
public enum LiveState: Sendable, Equatable {
    /// It is being opened.
    case connecting
    /// It is open; the header says this.
    case connected(VideoInformation)
    /// A camera or network stream broke off or cannot be opened, and is tried again after so many seconds.
    case lost(reason: String, retryIn: Double)
}
