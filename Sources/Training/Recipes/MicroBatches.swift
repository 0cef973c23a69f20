/// Cuts the clips of a step into parts whose gradients are summed: the whole batch's gradients, a part's memory.
///
///     g = Σ over parts of (clips of the part / clips of the batch) ∇ loss(part)
///
/// For a loss that is a mean over clips this is exact; with equal parts every weight is 1 / n, as in EVL's
/// `batch_split`.
public struct MicroBatches: Sendable, Equatable {
    /// The number of parts; a batch of fewer clips gets fewer.
    public let count: Int

    /// Makes the rule.
    ///
    /// - Parameter count: the number of parts, at least 1.
    public init(count: Int) { self.count = max(1, count) }

    /// The parts of a batch, as equal as can be, none empty.
    ///
    /// - Parameter batch: the number of clips.
    /// - Returns: the clips of each part.
    public func parts(of batch: Int) -> [Range<Int>] {
        let parts = min(count, batch)
        return (0..<parts).map { ($0 * batch / parts)..<(($0 + 1) * batch / parts) }
    }
}
