internal import Video

/// A frame on its way to the model.
enum PreparedFrame: Sendable, Equatable {
    /// A picture of the model's input size.
    case fresh(Frame)
    /// The picture before, shown for one more step; it is not encoded again.
    case repetition
}

/// The frames that came after the last window, as far as the next one needs them.
struct PendingFrames: Sendable {
    let capacity: Int
    private var frames: [PreparedFrame] = []

    init(capacity: Int) { self.capacity = capacity }

    /// The number of frames held.
    var count: Int { frames.count }

    /// Adds the newest frame and drops the oldest when there are more than a window has.
    mutating func append(_ frame: PreparedFrame) {
        frames.append(frame)
        guard frames.count > capacity else { return }
        let dropped = frames.removeFirst()
        if case .fresh = dropped, frames.first == .repetition { frames[0] = dropped }
    }

    /// Hands the frames over.
    mutating func take() -> [PreparedFrame] {
        defer { frames = [] }
        return frames
    }
}
