internal import Foundation

/// Rectangles that are erased from all frames of a clip, after normalisation and crop.
///
/// Source: SlowFast and MViT ("cube" mode), with a probability of ¼; present and off in EVL, M2-CLIP and ST-Adapter;
/// video specification 4.7.
public struct RandomErasing: Sendable, Hashable, Codable {
    /// What an erased rectangle shows.
    public enum Fill: String, Sendable, Codable, CaseIterable {
        /// The mean: 0 after normalisation.
        case zero
        /// One normal deviate for each channel.
        case colour
        /// A normal deviate for each value, drawn anew for each frame.
        case pixel
    }

    /// How often a clip loses something.
    public var probability: Double
    /// The smallest number of rectangles.
    public var smallestCount: Int
    /// The largest number of rectangles.
    public var largestCount: Int
    /// The smallest area of all rectangles together, as a fraction of the picture's.
    public var smallestArea: Double
    /// The largest area of all rectangles together, as a fraction of the picture's.
    public var largestArea: Double
    /// The smallest height divided by width; the largest is its inverse.
    public var smallestAspect: Double
    /// What an erased rectangle shows.
    public var fill: Fill

    private static let attempts = 100

    /// Makes the rule with MViT's numbers.
    ///
    /// - Parameter probability: how often a clip loses something.
    public init(probability: Double = 0.25) {
        self.probability = probability
        (smallestCount, largestCount, fill) = (1, 1, .pixel)
        (smallestArea, largestArea, smallestAspect) = (0.02, 1.0 / 3, 0.3)
    }

    /// Draws the rectangles of a clip: whether there are any, how many if that is open, and for each up to a hundred
    /// times an area and the logarithm of an aspect; when it fits, its top and its left.
    ///
    /// - Parameters:
    ///   - size: the size of the model's input.
    ///   - draws: where random numbers come from.
    /// - Returns: the rectangles; those for which nothing fitted are missing.
    public func boxes(in size: PixelSize, draws: inout some DrawSource) -> [PixelBox] {
        guard draws.real(in: 0..<1) <= probability else { return [] }
        let count =
            largestCount > smallestCount ? draws.integer(in: smallestCount..<largestCount + 1) : smallestCount
        var boxes: [PixelBox] = []
        for _ in 0..<max(0, count) {
            if let box = box(in: size, of: count, &draws) { boxes.append(box) }
        }
        return boxes
    }

    private func box(in size: PixelSize, of count: Int, _ draws: inout some DrawSource) -> PixelBox? {
        let aspects = log(smallestAspect)..<log(1 / smallestAspect)
        for _ in 0..<Self.attempts {
            let share = draws.real(in: smallestArea..<largestArea)
            let area = share * Double(size.width * size.height) / Double(count), aspect = exp(draws.real(in: aspects))
            let height = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
            let width = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
            guard width < size.width, height < size.height else { continue }
            let top = draws.integer(in: 0..<size.height - height + 1)
            let left = draws.integer(in: 0..<size.width - width + 1)
            return PixelBox(left: left, top: top, width: width, height: height)
        }
        return nil
    }
}
