/// At which iterations of an epoch the learning rate follows the schedule; in between it stays.
///
///     iteration k (from 0) refreshes  where  k = 0  or  (k + 1) mod interval = 0
///
/// With a warm-up from zero, the first `interval - 1` updates of a run have the rate 0; they still feed the
/// optimiser's averages. Source: ActionCLIP `train.py`.
public struct RateRefresh: Sendable, Equatable, Codable {
    /// Every how many iterations the rate is set; 10 in ActionCLIP, 1 means always.
    public var interval: Int

    /// Makes a rule.
    ///
    /// - Parameter interval: every how many iterations the rate is set, at least 1.
    public init(every interval: Int = 10) { self.interval = interval }

    /// The position in epochs for which the rate of an iteration was set.
    ///
    /// - Parameters:
    ///   - epoch: counted from 0.
    ///   - iteration: counted from 0 in its epoch.
    ///   - iterations: the number of iterations of an epoch.
    /// - Returns: the position of the last iteration that refreshed the rate.
    public func position(epoch: Int, iteration: Int, of iterations: Int) -> Double {
        let last = max((iteration + 1) / interval * interval - 1, 0)
        return Double(epoch) + Double(last) / Double(iterations)
    }
}
