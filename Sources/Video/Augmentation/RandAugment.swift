import Foundation

/// RandAugment with growing severity, the same operations for all frames of a clip.
///
/// Operations are drawn with replacement, uniformly from fifteen; each happens with probability ½, with a magnitude
/// drawn about the given one, and with a sign where it has one. Source: timm `auto_augment.py`, as EVL carries it,
/// `rand-m7-n4-mstd0.5-inc1`.
public struct RandAugment: Sendable, Hashable {
    /// The fifteen operations to draw from.
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

        /// Whether the operation works in two directions, of which one is drawn.
        public var isSigned: Bool {
            switch self {
            case .autoContrast, .equalize, .invert, .posterize, .solarize, .solarizeAdd: false
            case .rotate, .color, .contrast, .brightness, .sharpness, .shearX, .shearY, .translateX, .translateY: true
            }
        }

        /// The operation with the argument of a magnitude.
        ///
        /// - Parameters:
        ///   - magnitude: 0...10.
        ///   - isNegative: the direction; without effect for operations that have none.
        /// - Returns: the operation.
        public func operation(magnitude: Double, isNegative: Bool = false) -> PixelOperation {
            let share = magnitude / 10
            func signed(_ value: Double) -> Double { isNegative ? -value : value }
            switch self {
            case .autoContrast: return .autoContrast
            case .equalize: return .equalize
            case .invert: return .invert
            case .rotate: return .rotate(signed(share * 30))
            case .posterize: return .posterize(bits: 4 - Int(share * 4))
            case .solarize: return .solarize(threshold: 256 - Int(share * 256))
            case .solarizeAdd: return .solarizeAdd(Int(share * 110))
            case .color: return .color(1 + signed(share * 0.9))
            case .contrast: return .contrast(1 + signed(share * 0.9))
            case .brightness: return .brightness(1 + signed(share * 0.9))
            case .sharpness: return .sharpness(1 + signed(share * 0.9))
            case .shearX: return .shearX(signed(share * 0.3))
            case .shearY: return .shearY(signed(share * 0.3))
            case .translateX: return .translateX(signed(share * 0.45))
            case .translateY: return .translateY(signed(share * 0.45))
            }
        }
    }

    /// The number of operations drawn for a clip.
    public var count: Int
    /// The mean magnitude, 0...10.
    public var magnitude: Double
    /// The standard deviation of the magnitude.
    public var deviation: Double

    /// Makes the rule with EVL's numbers.
    ///
    /// - Parameters:
    ///   - count: the number of operations drawn for a clip.
    ///   - magnitude: the mean magnitude, 0...10.
    ///   - deviation: the standard deviation of the magnitude.
    public init(count: Int = 4, magnitude: Double = 7, deviation: Double = 0.5) {
        (self.count, self.magnitude, self.deviation) = (count, magnitude, deviation)
    }

    /// Draws the operations of a clip.
    ///
    /// First all kinds are drawn; then for each, whether it happens, two numbers for the magnitude's normal deviate
    /// (Box and Muller) if there is a deviation, and the sign where there is one.
    ///
    /// - Parameter draws: where random numbers come from.
    /// - Returns: what is applied to every frame, in order.
    public func operations(draws: inout some DrawSource) -> [PixelOperation] {
        let kinds = (0..<max(0, count)).map { _ in Kind.allCases[draws.integer(in: 0..<Kind.allCases.count)] }
        var operations: [PixelOperation] = []
        for kind in kinds where draws.real(in: 0..<1) <= 0.5 {
            let magnitude = min(10, max(0, magnitude + deviation * normal(&draws)))
            let isNegative = kind.isSigned && draws.real(in: 0..<1) > 0.5
            operations.append(kind.operation(magnitude: magnitude, isNegative: isNegative))
        }
        return operations
    }

    private func normal(_ draws: inout some DrawSource) -> Double {
        guard deviation > 0 else { return 0 }
        let radius = (-2 * log(1 - draws.real(in: 0..<1))).squareRoot()
        return radius * cos(2 * .pi * draws.real(in: 0..<1))
    }
}

extension RandAugment {
    /// Reads timm's notation, strictly: sections after `rand`, each once, apart by hyphens.
    ///
    /// `m` the magnitude (0...10) and `n` the number of operations in digits, `mstd` the deviation as a plain decimal
    /// number, `inc1` the growing severity, which must be there, because the other set of operations is not
    /// implemented.
    ///
    /// - Parameter text: for example `rand-m7-n4-mstd0.5-inc1`.
    /// - Throws: `VideoError` of `invalidRequest` that names the section.
    public init(timm text: String) throws(VideoError) {
        func refused(_ detail: String) -> VideoError {
            VideoError(.invalidRequest, detail: "augmentation \(text): \(detail)")
        }
        var sections = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard sections.first == "rand" else { throw refused("only rand is known") }
        sections.removeFirst()
        self.init(count: 2, magnitude: 10, deviation: 0)
        var seen: Set<String> = []
        for section in sections {
            let key = section.prefix { $0.isLetter }, value = section.dropFirst(key.count)
            guard seen.insert(String(key)).inserted else { throw refused("\(key) stands there twice") }
            switch (key, Self.whole(value), Self.decimal(value)) {
            case ("m", let number?, _) where number <= 10: magnitude = Double(number)
            case ("n", let number?, _) where number <= 100: count = number
            case ("mstd", _, let number?): deviation = number
            case _ where section == "inc1": break
            default: throw refused("\(section) is not understood")
            }
        }
        guard seen.contains("inc") else { throw refused("inc1 is missing; without it timm takes other operations") }
    }

    /// A number written in ASCII digits alone.
    private static func whole(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    /// A number written in digits with at most one point between them.
    private static func decimal(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
