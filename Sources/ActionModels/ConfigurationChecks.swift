/// Checks a number of a configuration before anything is allocated by it.
///
/// - Parameters:
///   - name: what the number is, for the error.
///   - value: the number.
///   - range: what it may be.
/// - Throws: `ActionModelError.badConfiguration` naming all three.
func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(ActionModelError) {
    guard range.contains(value) else {
        throw .badConfiguration("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
    }
}

/// Checks a share of values to drop.
///
/// - Parameters:
///   - name: what is dropped, for the error.
///   - rate: the share.
/// - Throws: `ActionModelError.badConfiguration` for anything but a number from 0 to below 1.
func check(_ name: String, dropping rate: Double) throws(ActionModelError) {
    guard (0..<1).contains(rate) else {
        throw .badConfiguration("\(name) is \(rate); it must be at least 0 and below 1")
    }
}
