/// An operation on 8-bit pictures, with its argument: what RandAugment and the changes of colour are made of.
///
/// All give the same bytes as Pillow, which the references use. Source: timm `auto_augment.py`, as EVL carries it;
/// Pillow's `ImageOps`, `ImageEnhance`, `ImageFilter` and `Image.transform`; ildoonet's RandAugment, as ActionCLIP
/// uses it; video specification 4.5 and 4.6.
public enum PixelOperation: Sendable, Hashable {
    /// Each channel is stretched to 0...255.
    case autoContrast
    /// Each channel's histogram is made even.
    case equalize
    /// `255 - v`.
    case invert
    /// Turned about the middle, in degrees against the clock.
    case rotate(Double)
    /// The highest bits are kept, 0...8 of them.
    case posterize(bits: Int)
    /// Values from the threshold on are inverted.
    case solarize(threshold: Int)
    /// A number is added to values below 128.
    case solarizeAdd(Int)
    /// Between grey (0) and the picture (1), or beyond.
    case color(Double)
    /// Between its mean grey (0) and the picture (1), or beyond.
    case contrast(Double)
    /// Between black (0) and the picture (1), or beyond.
    case brightness(Double)
    /// Between smoothed (0) and the picture (1), or beyond.
    case sharpness(Double)
    /// Rows moved by their place times the factor.
    case shearX(Double)
    /// Columns moved by their place times the factor.
    case shearY(Double)
    /// Moved to the left by a share of the width.
    case translateX(Double)
    /// Moved up by a share of the height.
    case translateY(Double)
    /// A number is added to all values, cut off at 255; then values from 128 on are inverted.
    case addAndSolarize(Double)
    /// A rectangle painted (125, 123, 114); the part inside the picture.
    case cutOut(PixelBox)
    /// The hue turned by a part of the circle.
    case hue(Double)
    /// The grey level in all three channels.
    case greyscale
    /// Blurred by a Gaussian of a deviation in pixels.
    case blur(deviation: Double)
}

extension Frame {
    /// Applies an operation.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - style: how geometric operations read between pixels and fill; timm's when not stated.
    /// - Returns: a frame of the same size and time.
    public func applying(_ operation: PixelOperation, _ style: WarpStyle = .timm) -> Frame {
        switch operation {
        case .autoContrast: mapped { ToneTable.autoContrast(histogram(channel: $0)) }
        case .equalize: mapped { ToneTable.equalize(histogram(channel: $0)) }
        case .invert: mapped { _ in ToneTable { 255 - $0 } }
        case .posterize(let bits): mapped { _ in .posterize(bits: bits) }
        case .solarize(let threshold): mapped { _ in ToneTable { $0 < threshold ? $0 : 255 - $0 } }
        case .solarizeAdd(let number): mapped { _ in ToneTable { $0 < 128 ? $0 + number : $0 } }
        case .color(let factor): blended(from: greyPixels, factor)
        case .contrast(let factor): blended(from: [UInt8](repeating: meanGrey, count: pixels.count), factor)
        case .brightness(let factor): blended(from: [UInt8](repeating: 0, count: pixels.count), factor)
        case .sharpness(let factor): blended(from: smoothedPixels, factor)
        case .rotate(let degrees): transformed(by: .rotation(degrees: degrees, in: size), style)
        case .shearX(let factor): transformed(by: AffineMap(1, factor, 0, 0, 1, 0), style)
        case .shearY(let factor): transformed(by: AffineMap(1, 0, 0, factor, 1, 0), style)
        case .translateX(let share): transformed(by: AffineMap(1, 0, share * Double(width), 0, 1, 0), style)
        case .translateY(let share): transformed(by: AffineMap(1, 0, 0, 0, 1, share * Double(height)), style)
        case .addAndSolarize(let number):
            mapped { _ in
                ToneTable {
                    let sum = Int(min(255, max(0, Double($0) + number)))
                    return sum < 128 ? sum : 255 - sum
                }
            }
        case .cutOut(let box): painted(box, SIMD3(125, 123, 114))
        case .hue(let shift): hueShifted(by: shift)
        case .greyscale: Frame(width: width, height: height, pixels: greyPixels, time: time)
        case .blur(let deviation): blurred(deviation: deviation)
        }
    }
}

extension Frame {
    /// Applies operations one after another.
    ///
    /// - Parameters:
    ///   - operations: the operations in their order.
    ///   - style: how geometric operations read between pixels and fill; timm's when not stated.
    /// - Returns: a frame of the same size and time.
    public func applying(_ operations: [PixelOperation], _ style: WarpStyle = .timm) -> Frame {
        operations.reduce(self) { $0.applying($1, style) }
    }
}
