import Foundation

/// The learning rate over the steps of a run.
public struct Schedule: Sendable, Equatable {
    /// What happens after the warm-up.
    public enum Decay: Sendable, Equatable {
        /// The rate stays.
        case constant
        /// Half a cosine down to a share of the peak.
        case cosine(final: Double)
        /// Multiplied by a factor at each milestone (steps).
        case steps(milestones: [Int], factor: Double)
    }

    /// The highest rate.
    public var peak: Double
    /// The number of steps of linear growth from `peak / warmup`.
    public var warmup: Int
    /// The number of steps of the run.
    public var total: Int
    /// What happens after the warm-up.
    public var decay: Decay

    /// Makes a schedule.
    ///
    /// - Parameters:
    ///   - peak: the highest rate.
    ///   - warmup: the number of steps of linear growth.
    ///   - total: the number of steps of the run.
    ///   - decay: what happens after the warm-up.
    public init(peak: Double, warmup: Int = 0, total: Int, decay: Decay = .cosine(final: 0)) {
        self.peak = peak
        self.warmup = warmup
        self.total = total
        self.decay = decay
    }

    /// The rate of a step.
    ///
    /// - Parameter step: counted from 0; steps behind the end keep the last rate.
    /// - Returns: the rate.
    public func rate(at step: Int) -> Double {
        if step < warmup { return peak * Double(step + 1) / Double(warmup) }
        switch decay {
        case .constant: return peak
        case .cosine(let final):
            let share = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
            return peak * (final + (1 - final) * 0.5 * (1 + cos(.pi * share)))
        case .steps(let milestones, let factor):
            return peak * pow(factor, Double(milestones.count { $0 <= step }))
        }
    }
}
