/// Where the centre crop of an odd margin begins.
public enum CentreRule: String, Sendable, Codable, CaseIterable {
    /// `⌊m / 2⌋`: EVL, M2-CLIP, mmaction2, transformers.
    case floor
    /// `m / 2` rounded half to even: torchvision, so ActionCLIP and OpenAI's preprocessing.
    case roundHalfEven = "round_half_even"
    /// `⌈m / 2⌉`: SlowFast.
    case ceil

    /// The offset for a margin of `m` pixels.
    ///
    /// - Parameter margin: picture side minus crop side; negative when the picture is smaller.
    /// - Returns: the first pixel of the crop.
    public func offset(margin: Int) -> Int {
        switch self {
        case .floor: Int((Double(margin) / 2).rounded(.down))
        case .roundHalfEven: Int((Double(margin) / 2).rounded(.toNearestOrEven))
        case .ceil: Int((Double(margin) / 2).rounded(.up))
        }
    }

    /// The centre crop.
    ///
    /// - Parameters:
    ///   - side: the side of the square crop.
    ///   - size: the picture's size.
    /// - Returns: the crop; it sticks out where the picture is smaller.
    public func box(side: Int, in size: PixelSize) -> PixelBox {
        PixelBox(
            left: offset(margin: size.width - side), top: offset(margin: size.height - side), width: side, height: side)
    }
}

/// One crop of a fixed set, possibly mirrored.
public struct SpatialView: Sendable, Hashable {
    /// The part of the resized picture.
    public let box: PixelBox
    /// Whether the part is mirrored afterwards.
    public let isMirrored: Bool
}

/// The fixed sets of crops that evaluation protocols use.
///
/// Source: video specification 4.3.
public enum SpatialViews: String, Sendable, Codable, CaseIterable {
    /// Three crops along the long side at 0, ⌊m/2⌋ and m: EVL and M2-CLIP.
    case three
    /// Four crops along the long side at 0, ⌊m/4⌋, ⌊m/2⌋ and m: M2-CLIP's script for Kinetics; not evenly spaced.
    case four
    /// mmaction2's three crops: 0, 2⌊m/2⌋, ⌊m/2⌋.
    case mmactionThree = "mmaction_three"
    /// SlowFast's three crops: 0, ⌈m/2⌉, m.
    case slowFastThree = "slowfast_three"
    /// Three crops on the quarter grid, in ActionCLIP's transforms: 0, 2⌊m/4⌋, 4⌊m/4⌋.
    case actionCLIPThree = "actionclip_three"
    /// Corners and centre on a quarter grid.
    case five
    /// The five, each followed by its mirror image.
    case ten

    /// The crops in the order of the protocol.
    ///
    /// - Parameters:
    ///   - side: the side S of the square crops.
    ///   - size: the picture's size; for all but `five` and `ten` its short side must be S.
    /// - Returns: the crops.
    /// - Throws: `invalidRequest` when the picture does not allow them.
    public func views(side: Int, in size: PixelSize) throws(VideoError) -> [SpatialView] {
        let isStrip = self != .five && self != .ten
        guard side > 0, isStrip ? size.short == side : size.short >= side else {
            throw VideoError(
                .invalidRequest, detail: "crops \(rawValue) of side \(side) from \(size.width)x\(size.height) pixels")
        }
        let margin = size.long - side
        switch self {
        case .three: return strip([0, margin / 2, margin], side, size)
        case .four: return strip([0, margin / 4, margin / 2, margin], side, size)
        case .mmactionThree: return strip([0, margin / 2 * 2, margin / 2], side, size)
        case .slowFastThree: return strip([0, (margin + 1) / 2, margin], side, size)
        case .actionCLIPThree: return strip([0, margin / 4 * 2, margin / 4 * 4], side, size)
        case .five: return corners(side, size).map { SpatialView(box: $0, isMirrored: false) }
        case .ten:
            return corners(side, size).flatMap {
                [SpatialView(box: $0, isMirrored: false), SpatialView(box: $0, isMirrored: true)]
            }
        }
    }

    private func strip(_ offsets: [Int], _ side: Int, _ size: PixelSize) -> [SpatialView] {
        offsets.map { offset in
            let isWide = size.width >= size.height
            let box = PixelBox(left: isWide ? offset : 0, top: isWide ? 0 : offset, width: side, height: side)
            return SpatialView(box: box, isMirrored: false)
        }
    }

    private func corners(_ side: Int, _ size: PixelSize) -> [PixelBox] {
        QuarterGrid(crop: PixelSize(width: side, height: side), in: size).offsets.prefix(5).map {
            PixelBox(left: $0.left, top: $0.top, width: side, height: side)
        }
    }
}

/// The thirteen fixed offsets of a crop on a grid of quarters of the margin.
///
/// Source: TSN.
struct QuarterGrid {
    let x: Int, y: Int

    init(crop: PixelSize, in size: PixelSize) {
        x = (size.width - crop.width) / 4
        y = (size.height - crop.height) / 4
    }

    /// Corners (upper left, upper right, lower left, lower right), centre, then the middles of the sides (left, right,
    /// below, above), then the four quarter points.
    var offsets: [(left: Int, top: Int)] {
        let steps = [
            (0, 0), (4, 0), (0, 4), (4, 4), (2, 2), (0, 2), (4, 2), (2, 4), (2, 0), (1, 1), (3, 1), (1, 3), (3, 3),
        ]
        return steps.map { ($0.0 * x, $0.1 * y) }
    }
}
