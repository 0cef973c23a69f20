public import Video

/// Which part of the pictures a training clip shows.
public enum TrainingCrop: Sendable, Equatable, Codable {
    /// TSN's thirteen places, the sides as fractions of the short side.
    case multiScale(scales: [Double])
    /// A random area and aspect, as fractions.
    case randomResized(smallestArea: Double, largestArea: Double)
    /// A random short side in pixels, then a random square.
    case shortSideJitter(smallest: Double, largest: Double)

    /// What is done to each picture of a clip: a part is resized, and of the result a part is taken.
    public struct Plan: Sendable, Equatable {
        /// The part of the picture that is resized; nothing outside of it is looked at.
        public let source: PixelBox
        /// What it is resized to.
        public let size: PixelSize
        /// The square that is taken afterwards.
        public let box: PixelBox
    }

    /// Draws the crop of a clip.
    ///
    /// - Parameters:
    ///   - size: the pictures' size.
    ///   - side: the side of the model's input.
    ///   - draws: where random numbers come from.
    /// - Returns: the crop.
    public func plan(in size: PixelSize, side: Int, draws: inout some DrawSource) -> Plan {
        let square = PixelSize(width: side, height: side)
        let all = PixelBox(left: 0, top: 0, width: side, height: side)
        switch self {
        case .multiScale(let scales):
            var rule = MultiScaleCrop(side: side)
            rule.scales = scales
            return Plan(source: rule.box(in: size, draws: &draws).cut(to: size), size: square, box: all)
        case .randomResized(let smallest, let largest):
            let rule = RandomResizedCrop(area: smallest..<largest)
            return Plan(source: rule.box(in: size, draws: &draws), size: square, box: all)
        case .shortSideJitter(let smallest, let largest):
            let rule = ShortSideJitter(shortSide: smallest..<largest, side: side)
            let drawn = rule.crop(in: size, draws: &draws)
            let whole = PixelBox(left: 0, top: 0, width: size.width, height: size.height)
            return Plan(source: whole, size: drawn.resized, box: drawn.box)
        }
    }

    func problem(imageSize: Int) -> String? {
        switch self {
        case .multiScale(let scales):
            scales.isEmpty || !scales.allSatisfy { $0 > 0 && $0 <= 1 } ? "scales must be above 0 and at most 1" : nil
        case .randomResized(let smallest, let largest):
            smallest > 0 && smallest < largest && largest <= 1 ? nil : "areas must be above 0 and at most 1, in order"
        case .shortSideJitter(let smallest, let largest):
            smallest >= Double(imageSize) && smallest < largest && largest <= 65_536
                ? nil : "sides must be at least the model's image size \(imageSize), in order"
        }
    }
}

extension PixelBox {
    /// The part inside a picture, at least one pixel.
    ///
    /// TSN's rule makes sides near the model's equal to it, which may be two pixels more than a picture has; the
    /// reference shows black there.
    fileprivate func cut(to size: PixelSize) -> PixelBox {
        let left = min(max(left, 0), size.width - 1), top = min(max(top, 0), size.height - 1)
        return PixelBox(
            left: left, top: top, width: min(max(width, 1), size.width - left),
            height: min(max(height, 1), size.height - top))
    }
}
