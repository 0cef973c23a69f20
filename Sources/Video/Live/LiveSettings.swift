/// How a live source is read.
public struct LiveSettings: Sendable {
    /// How fast what could be read at once is played.
    public enum Pace: String, Sendable, CaseIterable {
        /// At the pace of the clock: files and recordings frame by frame when they are due, pipes never ahead of it.
        case real
        /// As fast as frames are used, and without dropping any.
        case fast
    }

    /// Times at a regular distance, the first at the first picture.
    public struct Grid: Sendable, Equatable {
        /// Seconds from one time to the next.
        public var stride: Double
        /// Seconds without a picture in which no time is wanted, also not by the picture behind; nil wants all.
        public var longestGap: Double?

        /// Makes a grid.
        ///
        /// - Parameters:
        ///   - stride: seconds from one time to the next.
        ///   - longestGap: seconds without a picture in which no time is wanted.
        public init(stride: Double, longestGap: Double? = nil) { (self.stride, self.longestGap) = (stride, longestGap) }
    }

    /// How fast what could be read at once is played.
    public var pace = Pace.real
    /// Whether a file begins again at its end; its times go on.
    public var loops = false
    /// What happens to frames that come too fast; nil means `block` at a fast pace, and `dropOldest` of 8 otherwise.
    public var drop: DropPolicy?
    /// The times that are looked at; nil delivers all pictures.
    ///
    /// Only those that can be the nearest to one of these times, or the first after it, are converted and delivered.
    public var grid: Grid?
    /// The longest time in seconds for connecting and between two pictures; pipes have no limit.
    public var timeout = 10.0
    /// What happens when a camera or network stream breaks off.
    public var reconnection = Reconnection()
    /// How pictures are decoded; the deadline is not used, ``timeout`` is.
    public var video = VideoOptions()

    /// Makes the default settings.
    public init() {}

    /// The policy that holds.
    public var policy: DropPolicy { drop ?? (pace == .fast ? .block(capacity: 4) : .dropOldest(capacity: 8)) }

    /// Checks the settings.
    ///
    /// - Throws: `invalidRequest`, which says what cannot be.
    public func validate() throws(VideoError) {
        guard (1...4096).contains(policy.capacity) else {
            throw VideoError(.invalidRequest, detail: "a queue of \(policy.capacity) frames; it must be 1 to 4096")
        }
        guard grid.map({ $0.stride >= 0.001 && $0.stride <= 3600 && $0.longestGap ?? 1 > 0 }) ?? true else {
            throw VideoError(
                .invalidRequest, detail: "a picture every \(grid?.stride ?? 0) s; it must be 0.001 to 3600")
        }
        guard timeout >= 0.01, timeout <= 86_400 else {
            throw VideoError(.invalidRequest, detail: "a timeout of \(timeout) s; it must be 0.01 s to a day")
        }
        try reconnection.validate()
    }
}
