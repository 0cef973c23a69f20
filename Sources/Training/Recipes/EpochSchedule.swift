internal import Foundation

/// The learning rate as a function of the position in epochs (or in steps, where a recipe counts those).
///
///     rate(e) = e / W                                         while e < W
///             = ½ (1 + cos(π min(1, (e - W) / (N - W))))      cosine
///             = 0.1^(number of milestones ≤ e)                multi-step
///
/// W is the warm-up and N the end. The rate is a factor of each group's base rate and starts at exactly 0 with a
/// warm-up. Source: ActionCLIP `utils/lr_scheduler.py`; M2-CLIP, ST-Adapter and EVL `main.py`.
public struct EpochSchedule: Sendable, Equatable, Codable {
    /// What happens after the warm-up.
    public enum Decay: Sendable, Equatable, Codable {
        /// Half a cosine down to zero.
        case cosine
        /// A tenth at each milestone.
        case multistep(milestones: [Double])

        /// A tenth every so many epochs: ActionCLIP's `lr_decay_step`.
        ///
        /// - Parameters:
        ///   - step: the distance between milestones, above 0; so small a one that there are more than a million
        ///     milestones is a programmer's mistake.
        ///   - end: the last milestone possible.
        /// - Returns: the multiples of the step as milestones.
        public static func multistep(every step: Double, to end: Double) -> Decay {
            precondition(step > 0 && end / step <= 1e6, "EpochSchedule: milestones every \(step) up to \(end)")
            return .multistep(milestones: Array(stride(from: step, through: end, by: step)))
        }
    }

    /// The length W of the linear growth from zero.
    public var warmup: Double
    /// The end N.
    public var end: Double
    /// What happens after the warm-up.
    public var decay: Decay

    /// Makes a schedule.
    ///
    /// - Parameters:
    ///   - warmup: the length of the linear growth from zero.
    ///   - end: the end of the run, in the same unit.
    ///   - decay: what happens after the warm-up.
    public init(warmup: Double = 0, end: Double, decay: Decay = .cosine) {
        self.warmup = warmup
        self.end = end
        self.decay = decay
    }

    /// The factor of the base rates.
    ///
    /// - Parameter position: epochs (or steps) since the start, at least 0.
    /// - Returns: 0...1.
    public func factor(at position: Double) -> Double {
        if position < warmup { return position / warmup }
        switch decay {
        case .cosine: return 0.5 * (1 + cos(.pi * min(1, (position - warmup) / (end - warmup))))
        case .multistep(let milestones): return pow(0.1, Double(milestones.count { $0 <= position }))
        }
    }
}
