/// Finds the largest number up to which something holds, in few tries: doubled until it fails, then halved in between.
///
/// - Parameters:
///   - limit: the largest number tried, at least 1.
///   - holds: whether it holds for a number; assumed to fail for all numbers above one that fails.
/// - Returns: the number; 0 where it does not even hold for 1.
/// - Throws: what the body throws.
func largestNumber<E: Error>(upTo limit: Int, _ holds: (Int) throws(E) -> Bool) throws(E) -> Int {
    var (low, high) = (0, limit + 1)  // holds for low, fails for high
    var next = 1
    while high - low > 1 {
        if try holds(next) { low = next } else { high = next }
        next = high <= limit ? (low + high) / 2 : min(max(2 * low, 1), limit)
    }
    return low
}
