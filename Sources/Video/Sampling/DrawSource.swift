/// Where sampling rules and augmentations take their random numbers from.
///
/// Rules say in their documentation what they draw and in which order, so that recorded draws can be replayed.
public protocol DrawSource {
    /// Draws a whole number uniformly.
    ///
    /// - Parameter range: the numbers to choose from, not empty.
    /// - Returns: one of them.
    mutating func integer(in range: Range<Int>) -> Int

    /// Draws a real number uniformly.
    ///
    /// - Parameter range: where the number lies; an empty range gives its bound.
    /// - Returns: a number of the range.
    mutating func real(in range: Range<Double>) -> Double
}

/// Draws from a generator that a seed fixes for ever, on every machine.
///
/// Source: SplitMix64 (Steele, Lea, Flood 2014).
public struct SeededDraws: DrawSource, RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts a sequence.
    ///
    /// - Parameter seed: any number; different seeds give unrelated sequences.
    public init(seed: UInt64) { state = seed }

    /// Draws 64 random bits.
    ///
    /// - Returns: the bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The generator's output function: every bit of the result depends on every bit given.
    package static func mixed(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Draws a whole number uniformly, without the bias of a remainder.
    ///
    /// - Parameter range: the numbers to choose from, not empty.
    /// - Returns: one of them.
    public mutating func integer(in range: Range<Int>) -> Int {
        precondition(!range.isEmpty, "draw: from an empty range")
        let width = UInt64(range.count)
        // Multiply and reject the few products that would favour some numbers (Lemire 2019).
        let threshold = (0 &- width) % width
        while true {
            let product = next().multipliedFullWidth(by: width)
            if product.low >= threshold { return range.lowerBound + Int(product.high) }
        }
    }

    /// Draws a real number uniformly, one of 2⁵³ evenly spaced ones.
    ///
    /// - Parameter range: where the number lies; an empty range gives its bound.
    /// - Returns: a number of the range.
    public mutating func real(in range: Range<Double>) -> Double {
        let unit = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }
}
