import Foundation

/// TSN's crop of random scale and place, of the source size, to be resized to a square afterwards.
///
/// Source: ActionCLIP (13 places), ViFi-CLIP and mmaction2 (5 places); video specification 4.3.
public struct MultiScaleCrop: Sendable, Hashable {
    /// The side S of the square that the crop is resized to; candidate sides within 2 pixels of it become S.
    public var side: Int
    /// The candidate sides as fractions of the picture's short side.
    public var scales: [Double]
    /// By how many steps of `scales` width and height may differ.
    public var largestGap: Int
    /// Whether all thirteen places are used, or the corners and the centre only.
    public var usesAllPlaces: Bool

    /// Makes the rule with the reference's scales.
    ///
    /// - Parameters:
    ///   - side: the side of the square that the crop is resized to.
    ///   - usesAllPlaces: thirteen places, or five.
    public init(side: Int, usesAllPlaces: Bool = true) {
        (self.side, self.usesAllPlaces) = (side, usesAllPlaces)
        scales = [1, 0.875, 0.75, 0.66]
        largestGap = 1
    }

    /// The candidate sizes, heights in the outer loop.
    ///
    /// - Parameter size: the picture's size.
    /// - Returns: sizes to choose from.
    public func sizes(in size: PixelSize) -> [PixelSize] {
        let sides = scales.map { scale in
            let exact = Int(Double(size.short) * scale)
            return abs(exact - side) < 3 ? side : exact
        }
        return sides.indices.flatMap { row in
            sides.indices.filter { abs($0 - row) <= largestGap }.map { PixelSize(width: sides[$0], height: sides[row]) }
        }
    }

    /// The candidate places of one size, as upper left corners.
    ///
    /// - Parameters:
    ///   - crop: the crop's size.
    ///   - size: the picture's size.
    /// - Returns: boxes to choose from.
    public func boxes(of crop: PixelSize, in size: PixelSize) -> [PixelBox] {
        QuarterGrid(crop: crop, in: size).offsets.prefix(usesAllPlaces ? 13 : 5).map {
            PixelBox(left: $0.left, top: $0.top, width: crop.width, height: crop.height)
        }
    }

    /// Draws a size, then a place.
    ///
    /// - Parameters:
    ///   - size: the picture's size.
    ///   - draws: where random numbers come from.
    /// - Returns: the crop.
    public func box(in size: PixelSize, draws: inout some DrawSource) -> PixelBox {
        let sizes = sizes(in: size)
        let crop = sizes[draws.integer(in: 0..<sizes.count)]
        let boxes = boxes(of: crop, in: size)
        return boxes[draws.integer(in: 0..<boxes.count)]
    }
}

/// The crop of random area and aspect of EVL, M2-CLIP on Something-Something and SlowFast.
public struct RandomResizedCrop: Sendable, Hashable {
    /// The area as a fraction of the picture's.
    public var area: Range<Double>
    /// Width divided by height.
    public var aspect: Range<Double>
    private static let attempts = 10

    /// Makes the rule.
    ///
    /// - Parameters:
    ///   - area: smallest and largest fraction of the picture's area.
    ///   - aspect: smallest and largest width divided by height.
    public init(area: Range<Double> = 0.08..<1, aspect: Range<Double> = 3.0 / 4..<4.0 / 3) {
        (self.area, self.aspect) = (area, aspect)
    }

    /// Draws a crop: up to ten times an area, a logarithm of the aspect and a number without effect, which the reference
    /// draws as well; then the top and the left.
    ///
    /// - Parameters:
    ///   - size: the picture's size.
    ///   - draws: where random numbers come from.
    /// - Returns: the crop; after ten failures the largest centred one with the aspect inside its limits.
    public func box(in size: PixelSize, draws: inout some DrawSource) -> PixelBox {
        for _ in 0..<Self.attempts {
            let target = draws.real(in: area) * Double(size.width * size.height)
            let ratio = exp(draws.real(in: log(aspect.lowerBound)..<log(aspect.upperBound)))
            _ = draws.real(in: 0..<1)
            let width = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
            let height = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
            guard width > 0, height > 0, width <= size.width, height <= size.height else { continue }
            let top = draws.integer(in: 0..<size.height - height + 1)
            return PixelBox(
                left: draws.integer(in: 0..<size.width - width + 1), top: top, width: width, height: height)
        }
        return fallback(in: size)
    }

    private func fallback(in size: PixelSize) -> PixelBox {
        let ratio = Double(size.width) / Double(size.height)
        var (width, height) = (size.width, size.height)
        if ratio < aspect.lowerBound {
            height = Int((Double(width) / aspect.lowerBound).rounded(.toNearestOrEven))
        } else if ratio > aspect.upperBound {
            width = Int((Double(height) * aspect.upperBound).rounded(.toNearestOrEven))
        }
        return PixelBox(
            left: (size.width - width) / 2, top: (size.height - height) / 2, width: width, height: height)
    }
}

/// A random short side, then a random square: M2-CLIP and ST-Adapter on Kinetics, SlowFast.
public struct ShortSideJitter: Sendable, Hashable {
    /// The short side's range in pixels; the upper end is not drawn.
    public var shortSide: Range<Double>
    /// The side S of the square.
    public var side: Int

    /// Makes the rule.
    ///
    /// - Parameters:
    ///   - shortSide: the short side's range in pixels.
    ///   - side: the side of the square, at most the lower end of the range.
    public init(shortSide: Range<Double>, side: Int) {
        (self.shortSide, self.side) = (shortSide, side)
    }

    /// Draws the short side, then the top and the left where there is room; the last possible offset is never drawn.
    ///
    /// - Parameters:
    ///   - size: the picture's size.
    ///   - draws: where random numbers come from.
    /// - Returns: the size to resize to and the crop in it.
    public func crop(in size: PixelSize, draws: inout some DrawSource) -> (resized: PixelSize, box: PixelBox) {
        let short = max(Int(draws.real(in: shortSide).rounded(.toNearestOrEven)), side)
        let resized = ShortSideRule.floatFloor.size(of: size, short: short)
        let top = resized.height > side ? draws.integer(in: 0..<resized.height - side) : 0
        let left = resized.width > side ? draws.integer(in: 0..<resized.width - side) : 0
        return (resized, PixelBox(left: left, top: top, width: side, height: side))
    }
}
