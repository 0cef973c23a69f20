public import Video

/// A long video of the Puppets world: one puppet does several things one after the other, at known times.
///
/// All of it is drawn from the seed. Each action is done two or three times in a row, as its clip shows it, and none
/// follows itself.
public struct PuppetsLongVideo: Sendable, Equatable {
    /// What is shown, clip after clip; all have the same puppet, place and frame rate.
    public let clips: [PuppetsClip]

    private enum Stream: UInt64 { case order = 201 }

    /// Draws a video.
    ///
    /// - Parameters:
    ///   - seed: what every draw starts from.
    ///   - actions: how many actions follow each other, at least 1.
    ///   - size: the side of the square frames in pixels, at least 16.
    ///   - look: how the world looks.
    public init(seed: UInt64, actions: Int, size: Int = 64, look: PuppetsLook = .first) {
        var random = SplitMix64(seed: seed, stream: Stream.order.rawValue)
        var (clips, last) = ([PuppetsClip](), -1)
        for _ in 0..<actions {
            let choices = Puppets.trainingActions.filter { $0.label != last }
            let action = random.pick(choices)
            let clip = PuppetsClip(action: action, look: look, seed: seed, size: size)
            clips += Array(repeating: clip, count: 2 + random.below(2))
            last = action.label
        }
        self.clips = clips
    }

    /// Pictures in a second.
    public var framesPerSecond: Int { clips.first?.attributes.framesPerSecond ?? 1 }

    /// How many pictures there are.
    public var count: Int { clips.reduce(0) { $0 + $1.count } }

    /// How long it is, in seconds.
    public var duration: Double { Double(count) / Double(framesPerSecond) }

    /// What is done, in the order of time; each action ends where the next begins.
    public var actions: [TimedAction] {
        var (actions, frames) = ([TimedAction](), 0)
        for clip in clips {
            let start = Double(frames) / Double(framesPerSecond)
            frames += clip.count
            let end = Double(frames) / Double(framesPerSecond)
            if let last = actions.last, last.label == clip.action.name {
                actions[actions.count - 1].end = end
            } else {
                actions.append(TimedAction(label: clip.action.name, start: start, end: end))
            }
        }
        return actions
    }

    /// Renders all frames, one clip at a time.
    ///
    /// - Parameter body: takes each frame, with its time in seconds.
    /// - Throws: what the body throws.
    public func forEachFrame<E: Error>(_ body: (Frame) throws(E) -> Void) throws(E) {
        var (number, rendered, last) = (0, [Frame](), Optional<PuppetsClip>.none)
        for clip in clips {
            if clip != last { (rendered, last) = (clip.frames(), clip) }
            for frame in rendered {
                let time = Double(number) / Double(framesPerSecond)
                try body(Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: time))
                number += 1
            }
        }
    }
}
