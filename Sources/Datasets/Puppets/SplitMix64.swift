internal import Video

/// A small generator of random numbers whose sequence is the same on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var draws: SeededDraws

    /// Starts a sequence.
    ///
    /// - Parameter seed: any value; different seeds give unrelated sequences.
    public init(seed: UInt64) { draws = SeededDraws(seed: seed) }

    /// Starts one of many unrelated sequences that share a seed.
    ///
    /// - Parameters:
    ///   - seed: the shared seed.
    ///   - stream: which sequence.
    public init(seed: UInt64, stream: UInt64) { self.init(seed: Self.hash(seed, stream)) }

    /// The next 64 random bits.
    ///
    /// - Returns: uniform bits.
    public mutating func next() -> UInt64 { draws.next() }

    /// A uniform integer in `0..<count`.
    ///
    /// - Parameter count: how many values there are, at least 1.
    /// - Returns: the integer.
    public mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "below: no value in 0..<\(count)")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A uniform real number.
    ///
    /// - Parameters:
    ///   - low: the smallest value.
    ///   - high: the bound above, not reached.
    /// - Returns: the number.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }

    /// True with the given probability.
    ///
    /// - Parameter probability: between 0 and 1.
    /// - Returns: the outcome.
    public mutating func chance(_ probability: Double) -> Bool { uniform(0, 1) < probability }

    /// One of the elements, each as likely.
    ///
    /// - Parameter elements: the choices, at least one.
    /// - Returns: the chosen element.
    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A number that depends on every bit of both arguments.
    ///
    /// - Parameters:
    ///   - first: one value.
    ///   - second: another value; the order matters.
    /// - Returns: 64 mixed bits.
    public static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        SeededDraws.mixed(SeededDraws.mixed(first &+ 0x9E37_79B9_7F4A_7C15) ^ (second &* 0xD6E8_FEB8_6659_FD93))
    }
}
