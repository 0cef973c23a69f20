/// NumPy's legacy generator, as far as drawing permutations needs it.
///
/// MT19937 started by the plain integer recurrence; whole numbers are drawn by masking and rejection. The same numbers
/// as `numpy.random.RandomState(seed)`. Source: Matsumoto and Nishimura, "Mersenne Twister" (1998); NumPy
/// `random/src/legacy`.
public struct LegacyRandom: Sendable {
    private static let size = 624, shift = 397
    private var state: [UInt32]
    private var next = LegacyRandom.size

    /// Starts a sequence.
    ///
    /// - Parameter seed: as given to `numpy.random.seed`.
    public init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(Self.size)
        for place in 1..<Self.size {
            let before = state[place - 1]
            state.append(1_812_433_253 &* (before ^ (before >> 30)) &+ UInt32(place))
        }
    }

    /// Draws 32 random bits.
    ///
    /// - Returns: the bits.
    public mutating func word() -> UInt32 {
        if next == Self.size { refill() }
        var bits = state[next]
        next += 1
        bits ^= bits >> 11
        bits ^= (bits << 7) & 0x9D2C_5680
        bits ^= (bits << 15) & 0xEFC6_0000
        return bits ^ (bits >> 18)
    }

    /// Draws an order, as `numpy.random.permutation(count)`.
    ///
    /// - Parameter count: how many things are ordered, at most 2³².
    /// - Returns: the numbers 0 to `count` - 1, each once.
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        for place in (1..<count).reversed() { order.swapAt(place, Int(number(upTo: UInt32(place)))) }
        return order
    }

    /// A uniform number from 0 to `largest`, both included.
    private mutating func number(upTo largest: UInt32) -> UInt32 {
        let mask = UInt32.max >> largest.leadingZeroBitCount
        while true {
            let draw = word() & mask
            if draw <= largest { return draw }
        }
    }

    private mutating func refill() {
        for place in 0..<Self.size {
            let following = state[(place + 1) % Self.size]
            let mixed = (state[place] & 0x8000_0000) | (following & 0x7FFF_FFFF)
            let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
            state[place] = state[(place + Self.shift) % Self.size] ^ (mixed >> 1) ^ twist
        }
        next = 0
    }
}
