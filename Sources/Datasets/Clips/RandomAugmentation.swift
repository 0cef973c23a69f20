public import Video

/// Random operations on whole pictures, before the crop.
public enum RandomAugmentation: Sendable, Equatable, Codable {
    /// ActionCLIP's: operations drawn for each frame.
    case perFrame(operations: Int, magnitude: Double)
    /// `rand-mM-nN-mstdS-inc1`: operations drawn for the whole clip, each applied with probability one half.
    case perClip(operations: Int, magnitude: Double, deviation: Double)
    /// The same by timm's notation, which knows a second list and weights: `timm: rand-m9-n2-w0`.
    case timm(String)

    /// How geometric operations read between pixels and fill.
    public var style: WarpStyle {
        switch self {
        case .perFrame: .ildoonet
        case .perClip, .timm: .timm
        }
    }

    /// Whether each frame has operations of its own.
    var isPerFrame: Bool {
        if case .perFrame = self { true } else { false }
    }

    /// Draws the operations of a clip.
    ///
    /// - Parameters:
    ///   - frames: the number of frames.
    ///   - size: their size.
    ///   - draws: where random numbers come from.
    /// - Returns: the operations of each frame.
    /// - Throws: `invalidRequest` for a notation that cannot be read.
    public func operations(
        frames: Int, in size: PixelSize, draws: inout some DrawSource
    ) throws(VideoError) -> [[PixelOperation]] {
        switch self {
        case .perFrame(let operations, let magnitude):
            let rule = IldoonetRandAugment(count: operations, magnitude: magnitude)
            var drawn: [[PixelOperation]] = []
            for _ in 0..<frames { drawn.append(rule.operations(in: size, draws: &draws)) }
            return drawn
        case .perClip(let operations, let magnitude, let deviation):
            let rule = RandAugment(count: operations, magnitude: magnitude, deviation: deviation)
            return Array(repeating: rule.operations(draws: &draws), count: frames)
        case .timm(let notation):
            return Array(repeating: try RandAugment(timm: notation).operations(draws: &draws), count: frames)
        }
    }

    var problem: String? {
        switch self {
        case .perFrame(let operations, let magnitude): return Self.problem(operations, magnitude / 30, 0)
        case .perClip(let operations, let magnitude, let deviation):
            return Self.problem(operations, magnitude / 10, deviation)
        case .timm(let notation):
            do throws(VideoError) {
                _ = try RandAugment(timm: notation)
                return nil
            } catch { return error.detail }
        }
    }

    private static func problem(_ operations: Int, _ magnitude: Double, _ deviation: Double) -> String? {
        let isPossible = (1...100).contains(operations) && (0...1).contains(magnitude) && deviation >= 0
        return isPossible ? nil : "1 to 100 operations, magnitudes 0 to 30 for each frame or 0 to 10 for each clip"
    }
}
