/// The frames of a video as they would stand at a constant rate.
///
/// Sampling rules count frames; for a video with a variable rate, frame numbers and time are different things. This
/// maps a rule's indices, taken on the virtual video of ``count`` frames, to real frames: for virtual index q the last
/// frame with `t - t₀ <= q / rate + 10⁻⁶`. Source: video specification 3.4.
public struct TimeMapping: Sendable, Equatable {
    /// Virtual frames a second.
    public let rate: Double
    /// Number of virtual frames, `max(1, ⌊duration · rate + ½⌋)`.
    public let count: Int
    private let times: [Double]

    /// Makes a mapping.
    ///
    /// - Parameters:
    ///   - times: the presentation time in seconds of each frame, increasing, not empty.
    ///   - duration: the duration of the video in seconds, the last frame included.
    ///   - rate: virtual frames a second, positive.
    /// - Throws: `noFrames` without times, `invalidRequest` for a rate or duration that is not positive.
    public init(times: [Double], duration: Double, rate: Double) throws(VideoError) {
        guard let first = times.first else { throw VideoError(.noFrames, detail: "nothing to sample from") }
        let virtual = (duration * rate + 0.5).rounded(.down)
        guard rate > 0, rate.isFinite, duration >= 0, let count = Int(exactly: virtual) else {
            throw VideoError(.invalidRequest, detail: "\(duration) s at \(rate) frames a second")
        }
        self.rate = rate
        self.times = times.map { $0 - first }
        self.count = max(1, count)
    }

    /// The real frame that is shown at a virtual index.
    ///
    /// - Parameter index: a virtual frame number.
    /// - Returns: a real frame number.
    public func frame(at index: Int) -> Int {
        let limit = Double(index) / rate + 1e-6
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return max(low - 1, 0)
    }

    /// The real frames for a rule's indices.
    ///
    /// - Parameter indices: virtual frame numbers.
    /// - Returns: real frame numbers, in the same order.
    public func frames(at indices: [Int]) -> [Int] { indices.map(frame(at:)) }
}

/// PyTorchVideo's clips, which are intervals of time.
///
/// Source: video specification 3.1, last row.
public enum ClipIntervals {
    /// The starts in seconds of clips spread evenly over a video: `k · max(D - d, 0) / max(K - 1, 1)`.
    ///
    /// - Parameters:
    ///   - clips: the number K of clips.
    ///   - length: the length d of a clip in seconds.
    ///   - duration: the length D of the video in seconds.
    /// - Returns: K starts.
    public static func starts(_ clips: Int, length: Double, duration: Double) -> [Double] {
        (0..<clips).map { Double($0) * max(duration - length, 0) / Double(max(clips - 1, 1)) }
    }

    /// A random start in seconds; draws one real number.
    ///
    /// - Parameters:
    ///   - length: the length d of a clip in seconds.
    ///   - duration: the length D of the video in seconds.
    ///   - draws: where the random number comes from.
    /// - Returns: a start between 0 and `max(D - d, 0)`.
    public static func randomStart(length: Double, duration: Double, draws: inout some DrawSource) -> Double {
        draws.real(in: 0..<max(duration - length, 0))
    }

    /// Evenly spread frames of one interval: `⌊linspace(0, m - 1, T)⌋` of the m frames with `start <= t < start + d`.
    ///
    /// - Parameters:
    ///   - times: time in seconds of each frame of the video, counted from its first frame.
    ///   - start: the start in seconds.
    ///   - length: the length d in seconds.
    ///   - frames: the number T of frames wanted.
    /// - Returns: frame numbers.
    /// - Throws: `noFrames` when no frame lies in the interval.
    public static func indices(
        times: [Double], start: Double, length: Double, frames: Int
    ) throws(VideoError) -> [Int] {
        let inside = times.indices.filter { times[$0] >= start && times[$0] < start + length }
        guard !inside.isEmpty else {
            throw VideoError(.noFrames, detail: "no frame between \(start) s and \(start + length) s")
        }
        let step = frames > 1 ? Double(inside.count - 1) / Double(frames - 1) : 0
        return (0..<frames).map { inside[Int(Double($0) * step)] }
    }
}
