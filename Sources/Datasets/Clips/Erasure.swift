public import Video

/// Rectangles of a clip that are erased after normalisation, the same in all frames.
public struct Erasure: Sendable, Equatable {
    /// The rectangles; a later one covers an earlier one.
    public let boxes: [PixelBox]
    /// What they show.
    public let fill: RandomErasing.Fill
    /// Where the fill's random numbers begin.
    public let seed: UInt64

    /// Draws the erasure of a clip, and a seed for what it shows.
    ///
    /// - Parameters:
    ///   - rule: how rectangles are drawn.
    ///   - size: the size of the model's input.
    ///   - draws: where random numbers come from.
    /// - Returns: nil when nothing is erased.
    static func drawn(_ rule: RandomErasing, in size: PixelSize, draws: inout SeededDraws) -> Erasure? {
        let boxes = rule.boxes(in: size, draws: &draws)
        return boxes.isEmpty ? nil : Erasure(boxes: boxes, fill: rule.fill, seed: draws.next())
    }

    /// Erases in normalised numbers.
    ///
    /// - Parameters:
    ///   - target: `[T, 3, H, W]`.
    ///   - frames: the number T of frames.
    ///   - size: height and width.
    func erase(_ target: UnsafeMutableBufferPointer<Float>, frames: Int, size: PixelSize) {
        var draws = SeededDraws(seed: seed)
        for box in boxes {
            let colour = fill == .colour ? (0..<3).map { _ in Float(draws.normal()) } : [0, 0, 0]
            for plane in 0..<3 * frames {
                for row in box.top..<box.top + box.height {
                    let start = (plane * size.height + row) * size.width + box.left
                    for place in start..<start + box.width {
                        target[place] = fill == .pixel ? Float(draws.normal()) : colour[plane % 3]
                    }
                }
            }
        }
    }
}
