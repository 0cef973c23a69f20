public import Video

/// One clip of the Puppets world: an action, a look and a seed decide every byte of its frames.
///
/// Nothing that is drawn from the seed depends on the action, so two actions with one seed show the same puppet in the
/// same place; the clips of a time-order pair are then each other's frames in reverse order.
public struct PuppetsClip: Sendable, Equatable {
    /// What the puppet does.
    public let action: PuppetsAction
    /// How the world looks.
    public let look: PuppetsLook
    /// What every draw starts from.
    public let seed: UInt64
    /// The side of the square frames in pixels.
    public let size: Int
    /// What is seen apart from the action.
    public let attributes: PuppetsAttributes

    let style: PuppetStyle
    let figure: PuppetsFigure

    /// The streams of random numbers, one for each matter, so that a new draw in one leaves the others as they were.
    enum Stream: UInt64 {
        case attributes = 1, style, figure, camera, scenery, grain, caption
    }

    /// Describes a clip; nothing is rendered yet.
    ///
    /// - Parameters:
    ///   - action: what the puppet does.
    ///   - look: how the world looks.
    ///   - seed: what every draw starts from.
    ///   - size: the side of the square frames in pixels, at least 16.
    public init(action: PuppetsAction, look: PuppetsLook = .first, seed: UInt64, size: Int = 64) {
        precondition(size >= 16, "puppets: frames of \(size) pixels; 16 is the least")
        self.action = action
        self.look = look
        self.seed = seed
        self.size = size
        var random = SplitMix64(seed: seed, stream: Stream.attributes.rawValue)
        attributes = PuppetsAttributes(&random, look: look)
        random = SplitMix64(seed: seed, stream: Stream.style.rawValue)
        style = PuppetStyle(&random)
        random = SplitMix64(seed: seed, stream: Stream.figure.rawValue)
        figure = PuppetsFigure(&random, look: look)
    }

    /// How many frames the clip has.
    public var count: Int { attributes.frames }

    /// The clip of the time-order partner with the same draws: these frames in reverse order; `nil` without a partner.
    public var reversed: PuppetsClip? {
        action.partner.map { PuppetsClip(action: $0, look: look, seed: seed, size: size) }
    }

    /// Renders one frame; for many, ``frames()`` paints the background only once.
    ///
    /// - Parameter index: from 0 to ``count`` - 1.
    /// - Returns: the frame, with its time in seconds.
    public func frame(_ index: Int) -> Frame { PuppetsScene(self).frame(index) }

    /// Renders all frames.
    ///
    /// - Returns: ``count`` frames.
    public func frames() -> [Frame] {
        let scene = PuppetsScene(self)
        return (0..<count).map(scene.frame)
    }

    /// The puppet at a frame.
    func state(atFrame index: Int) -> PuppetState {
        action.motion.state(at: Double(moment(index)) / Double(count - 1), style: style, body: figure.body)
    }

    /// The moment of the forward motion that a frame shows.
    func moment(_ index: Int) -> Int { action.isReversed ? count - 1 - index : index }
}
