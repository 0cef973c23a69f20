/// timm's RandAugment, the same operations for all frames of a clip.
///
/// Operations are drawn from fifteen; each happens with probability ½, with a magnitude drawn about the given one, and
/// with a sign where it has one. Source: timm `auto_augment.py`, as EVL and M2-CLIP carry it,
/// `rand-m7-n4-mstd0.5-inc1`.
public struct RandAugment: Sendable, Hashable {
    /// How arguments follow from magnitudes.
    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// A larger magnitude is a stronger change (`inc1`).
        case increasing
        /// timm's first table, in which some operations are strongest at 0.
        case plain
    }

    /// How operations are drawn.
    public enum Choice: String, Sendable, Codable, CaseIterable {
        /// Each as likely, one may come again.
        case uniform
        /// By timm's table of weights (`w0`), each at most once.
        case weighted
    }

    /// The number of operations drawn for a clip.
    public var count: Int
    /// The mean magnitude, 0...10.
    public var magnitude: Double
    /// The standard deviation of the magnitude.
    public var deviation: Double
    /// How arguments follow from magnitudes.
    public var severity = Severity.increasing
    /// How operations are drawn.
    public var choice = Choice.uniform

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
        var operations: [PixelOperation] = []
        for kind in kinds(&draws) where draws.real(in: 0..<1) <= 0.5 {
            let offset = deviation > 0 ? deviation * draws.normal() : 0
            let magnitude = min(10, max(0, magnitude + offset))
            let isNegative = kind.isSigned(severity) && draws.real(in: 0..<1) > 0.5
            operations.append(kind.operation(magnitude: magnitude, isNegative: isNegative, severity))
        }
        return operations
    }

    private func kinds(_ draws: inout some DrawSource) -> [Kind] {
        switch choice {
        case .uniform:
            return (0..<max(0, count)).map { _ in Kind.allCases[draws.integer(in: 0..<Kind.allCases.count)] }
        case .weighted:
            var rest = Kind.allCases.filter { $0.weight > 0 }
            return (0..<min(max(0, count), rest.count)).map { _ in
                var place = draws.real(in: 0..<rest.reduce(0) { $0 + $1.weight })
                let index = rest.firstIndex { kind in
                    place -= kind.weight
                    return place < 0
                }
                return rest.remove(at: index ?? rest.count - 1)
            }
        }
    }
}
