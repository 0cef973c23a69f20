/// Random changes of brightness, contrast, saturation and hue in a random order.
///
/// Source: torchvision's `ColorJitter` on 8-bit pictures, which ActionCLIP and ViFi-CLIP use; video specification 4.5.
public struct ColorJitter: Sendable, Hashable, Codable {
    /// How often a clip is changed.
    public var probability: Double
    /// The largest change of the factor of brightness.
    public var brightness: Double
    /// The largest change of the factor of contrast.
    public var contrast: Double
    /// The largest change of the factor of saturation.
    public var saturation: Double
    /// The largest turn of the hue; 0.5 is half the circle.
    public var hue: Double

    /// Makes the rule with ActionCLIP's numbers.
    ///
    /// - Parameters:
    ///   - probability: how often a clip is changed.
    ///   - brightness: the largest change of the factor of brightness.
    ///   - contrast: the largest change of the factor of contrast.
    ///   - saturation: the largest change of the factor of saturation.
    ///   - hue: the largest turn of the hue; 0.5 is half the circle.
    public init(
        probability: Double = 0.8, brightness: Double = 0.4, contrast: Double = 0.4, saturation: Double = 0.2,
        hue: Double = 0.1
    ) {
        (self.probability, self.brightness, self.contrast) = (probability, brightness, contrast)
        (self.saturation, self.hue) = (saturation, hue)
    }

    /// Draws one set of changes: the order, by three exchanges from the end, then the four numbers as listed above.
    ///
    /// Whether a clip is changed at all is not drawn here.
    ///
    /// - Parameter draws: where random numbers come from.
    /// - Returns: the operations in their order; changes of size 0 are left out.
    public func operations(draws: inout some DrawSource) -> [PixelOperation] {
        var order = [0, 1, 2, 3]
        for last in (1...3).reversed() { order.swapAt(last, draws.integer(in: 0..<last + 1)) }
        func factor(_ change: Double, _ draws: inout some DrawSource) -> Double {
            draws.real(in: max(0, 1 - change)..<1 + change)
        }
        let operations: [PixelOperation] = [
            .brightness(factor(brightness, &draws)), .contrast(factor(contrast, &draws)),
            .color(factor(saturation, &draws)), .hue(draws.real(in: -hue..<hue)),
        ]
        let sizes = [brightness, contrast, saturation, hue]
        return order.filter { sizes[$0] > 0 }.map { operations[$0] }
    }
}
