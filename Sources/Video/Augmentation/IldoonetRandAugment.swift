/// ActionCLIP's RandAugment, drawn anew for every frame.
///
/// Operations are drawn with replacement, uniformly from sixteen, and all happen; the argument is
/// `M / 30 · (max - min) + min`. Geometric ones take the nearest pixel and are black outside
/// (``WarpStyle/ildoonet``). Source: ildoonet's `RandAugment`, which ActionCLIP imports; video specification 4.6.
public struct IldoonetRandAugment: Sendable, Hashable {
    /// The sixteen operations to draw from.
    public enum Kind: String, Sendable, CaseIterable {
        /// See ``PixelOperation/autoContrast``.
        case autoContrast = "AutoContrast"
        /// See ``PixelOperation/equalize``.
        case equalize = "Equalize"
        /// See ``PixelOperation/invert``.
        case invert = "Invert"
        /// Up to 30 degrees either way.
        case rotate = "Rotate"
        /// Up to 4 bits, at least one.
        case posterize = "Posterize"
        /// A threshold up to 256.
        case solarize = "Solarize"
        /// Up to 110, see ``PixelOperation/addAndSolarize(_:)``.
        case solarizeAdd = "SolarizeAdd"
        /// A factor from 0.1 to 1.9.
        case color = "Color"
        /// A factor from 0.1 to 1.9.
        case contrast = "Contrast"
        /// A factor from 0.1 to 1.9.
        case brightness = "Brightness"
        /// A factor from 0.1 to 1.9.
        case sharpness = "Sharpness"
        /// Up to 0.3 either way.
        case shearX = "ShearX"
        /// Up to 0.3 either way.
        case shearY = "ShearY"
        /// A square with a side up to 40 pixels.
        case cutOut = "Cutout"
        /// Up to 100 pixels either way.
        case translateX = "TranslateX"
        /// Up to 100 pixels either way.
        case translateY = "TranslateY"

        /// Smallest and largest argument.
        var range: ClosedRange<Double> {
            switch self {
            case .autoContrast, .equalize, .invert: 0...1
            case .rotate: 0...30
            case .posterize: 0...4
            case .solarize: 0...256
            case .solarizeAdd: 0...110
            case .color, .contrast, .brightness, .sharpness: 0.1...1.9
            case .shearX, .shearY: 0...0.3
            case .cutOut: 0...40
            case .translateX, .translateY: 0...100
            }
        }

        /// The argument of a magnitude.
        ///
        /// - Parameter magnitude: 0...30.
        /// - Returns: the argument, without a sign.
        public func argument(magnitude: Double) -> Double {
            magnitude / 30 * (range.upperBound - range.lowerBound) + range.lowerBound
        }
    }

    /// The number N of operations for a frame.
    public var count: Int
    /// The magnitude M, 0...30.
    public var magnitude: Double

    /// Makes the rule with ActionCLIP's numbers for Kinetics.
    ///
    /// - Parameters:
    ///   - count: the number N of operations for a frame.
    ///   - magnitude: the magnitude M, 0...30.
    public init(count: Int = 2, magnitude: Double = 9) { (self.count, self.magnitude) = (count, magnitude) }

    /// Draws the operations of one frame: first all kinds; then for each the sign, or the middle of the square (x, y),
    /// where it has one.
    ///
    /// - Parameters:
    ///   - size: the frame's size.
    ///   - draws: where random numbers come from.
    /// - Returns: what is applied to the frame, in order.
    public func operations(in size: PixelSize, draws: inout some DrawSource) -> [PixelOperation] {
        let kinds = (0..<max(0, count)).map { _ in Kind.allCases[draws.integer(in: 0..<Kind.allCases.count)] }
        var operations: [PixelOperation] = []
        for kind in kinds { operations.append(operation(kind, size, &draws)) }
        return operations
    }

    private func operation(_ kind: Kind, _ size: PixelSize, _ draws: inout some DrawSource) -> PixelOperation {
        let value = kind.argument(magnitude: magnitude)
        func signed(_ draws: inout some DrawSource) -> Double { draws.real(in: 0..<1) > 0.5 ? -value : value }
        switch kind {
        case .autoContrast: return .autoContrast
        case .equalize: return .equalize
        case .invert: return .invert
        case .rotate: return .rotate(signed(&draws))
        case .posterize: return .posterize(bits: max(1, Int(value)))
        case .solarize: return .solarize(threshold: Int(value.rounded(.up)))
        case .solarizeAdd: return .addAndSolarize(value)
        case .color: return .color(value)
        case .contrast: return .contrast(value)
        case .brightness: return .brightness(value)
        case .sharpness: return .sharpness(value)
        case .shearX: return .shearX(signed(&draws))
        case .shearY: return .shearY(signed(&draws))
        case .cutOut: return .cutOut(Self.square(value, size, &draws))
        case .translateX: return .translateX(signed(&draws) / Double(size.width))
        case .translateY: return .translateY(signed(&draws) / Double(size.height))
        }
    }

    /// The square about a drawn middle; both its ends are painted, as Pillow draws rectangles.
    private static func square(_ side: Double, _ size: PixelSize, _ draws: inout some DrawSource) -> PixelBox {
        func ends(_ length: Int, _ draws: inout some DrawSource) -> (first: Int, last: Int) {
            let first = Int(max(0, draws.real(in: 0..<Double(length)) - side / 2))
            return (first, Int(min(Double(length), Double(first) + side)))
        }
        let columns = ends(size.width, &draws), rows = ends(size.height, &draws)
        return PixelBox(
            left: columns.first, top: rows.first, width: columns.last - columns.first + 1,
            height: rows.last - rows.first + 1)
    }
}
