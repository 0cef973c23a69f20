extension RandAugment {
    /// The fifteen operations to draw from, by the names of the increasing list.
    public enum Kind: String, Sendable, CaseIterable {
        /// See ``PixelOperation/autoContrast``.
        case autoContrast = "AutoContrast"
        /// See ``PixelOperation/equalize``.
        case equalize = "Equalize"
        /// See ``PixelOperation/invert``.
        case invert = "Invert"
        /// See ``PixelOperation/rotate(_:)``.
        case rotate = "Rotate"
        /// See ``PixelOperation/posterize(bits:)``.
        case posterize = "PosterizeIncreasing"
        /// See ``PixelOperation/solarize(threshold:)``.
        case solarize = "SolarizeIncreasing"
        /// See ``PixelOperation/solarizeAdd(_:)``.
        case solarizeAdd = "SolarizeAdd"
        /// See ``PixelOperation/color(_:)``.
        case color = "ColorIncreasing"
        /// See ``PixelOperation/contrast(_:)``.
        case contrast = "ContrastIncreasing"
        /// See ``PixelOperation/brightness(_:)``.
        case brightness = "BrightnessIncreasing"
        /// See ``PixelOperation/sharpness(_:)``.
        case sharpness = "SharpnessIncreasing"
        /// See ``PixelOperation/shearX(_:)``.
        case shearX = "ShearX"
        /// See ``PixelOperation/shearY(_:)``.
        case shearY = "ShearY"
        /// See ``PixelOperation/translateX(_:)``.
        case translateX = "TranslateXRel"
        /// See ``PixelOperation/translateY(_:)``.
        case translateY = "TranslateYRel"

        /// The name in one of timm's lists.
        ///
        /// - Parameter severity: which list.
        /// - Returns: the name.
        public func name(_ severity: Severity) -> String {
            let suffix = "Increasing"
            guard severity == .plain, rawValue.hasSuffix(suffix) else { return rawValue }
            return String(rawValue.dropLast(suffix.count))
        }

        /// Whether the operation works in two directions, of which one is drawn.
        ///
        /// - Parameter severity: which list.
        /// - Returns: whether a sign is drawn.
        public func isSigned(_ severity: Severity = .increasing) -> Bool {
            switch self {
            case .autoContrast, .equalize, .invert, .posterize, .solarize, .solarizeAdd: false
            case .rotate, .shearX, .shearY, .translateX, .translateY: true
            case .color, .contrast, .brightness, .sharpness: severity == .increasing
            }
        }

        /// The share of draws by timm's table of weights.
        var weight: Double {
            switch self {
            case .rotate: 0.3
            case .shearX, .shearY: 0.2
            case .translateX, .translateY: 0.1
            case .color, .sharpness, .autoContrast: 0.025
            case .solarize, .solarizeAdd, .contrast, .brightness, .equalize: 0.005
            case .posterize, .invert: 0
            }
        }

        /// The operation with the argument of a magnitude.
        ///
        /// - Parameters:
        ///   - magnitude: 0...10.
        ///   - isNegative: the direction; without effect for operations that have none.
        ///   - severity: which list.
        /// - Returns: the operation.
        public func operation(
            magnitude: Double, isNegative: Bool = false, _ severity: Severity = .increasing
        ) -> PixelOperation {
            let share = magnitude / 10, isIncreasing = severity == .increasing
            func signed(_ value: Double) -> Double { isNegative ? -value : value }
            let factor = isIncreasing ? 1 + signed(share * 0.9) : share * 1.8 + 0.1
            switch self {
            case .autoContrast: return .autoContrast
            case .equalize: return .equalize
            case .invert: return .invert
            case .rotate: return .rotate(signed(share * 30))
            case .posterize: return .posterize(bits: isIncreasing ? 4 - Int(share * 4) : Int(share * 4))
            case .solarize: return .solarize(threshold: isIncreasing ? 256 - Int(share * 256) : Int(share * 256))
            case .solarizeAdd: return .solarizeAdd(Int(share * 110))
            case .color: return .color(factor)
            case .contrast: return .contrast(factor)
            case .brightness: return .brightness(factor)
            case .sharpness: return .sharpness(factor)
            case .shearX: return .shearX(signed(share * 0.3))
            case .shearY: return .shearY(signed(share * 0.3))
            case .translateX: return .translateX(signed(share * 0.45))
            case .translateY: return .translateY(signed(share * 0.45))
            }
        }
    }
}
