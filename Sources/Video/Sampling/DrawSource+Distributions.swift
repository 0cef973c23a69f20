internal import Foundation

extension DrawSource {
    /// Draws from the normal distribution with mean 0 and deviation 1; takes two real numbers.
    ///
    /// Source: Box and Muller (1958).
    ///
    /// - Returns: the deviate.
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - real(in: 0..<1))).squareRoot()
        return radius * cos(2 * .pi * real(in: 0..<1))
    }

    /// Draws from the gamma distribution with scale 1.
    ///
    /// - Parameter shape: above 0; shapes below 1 are allowed.
    /// - Returns: the deviate; 0 where it is too small for a double.
    public mutating func gamma(shape: Double) -> Double { exp(logGamma(shape: shape)) }

    /// Draws from the beta distribution.
    ///
    ///     x = g(a) / (g(a) + g(b))
    ///
    /// - Parameters:
    ///   - a: the first shape, above 0.
    ///   - b: the second shape, above 0.
    /// - Returns: a number from 0 to 1.
    public mutating func beta(_ a: Double, _ b: Double) -> Double {
        // In logarithms, since both deviates of small shapes may be too small for a double.
        let (first, second) = (logGamma(shape: a), logGamma(shape: b))
        return 1 / (1 + exp(second - first))
    }

    /// The logarithm of a gamma deviate.
    ///
    /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); for shapes below 1 their
    /// note: g(a) = g(a + 1) u^(1/a).
    private mutating func logGamma(shape: Double) -> Double {
        guard shape > 0, shape.isFinite else { fatalError("gamma: the shape \(shape) is not above 0") }
        if shape < 1 { return logGamma(shape: shape + 1) + log(1 - real(in: 0..<1)) / shape }
        let d = shape - 1.0 / 3, c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(), root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(1 - real(in: 0..<1)) < x * x / 2 + d - d * v + d * log(v) { return log(d) + log(v) }
        }
    }
}
