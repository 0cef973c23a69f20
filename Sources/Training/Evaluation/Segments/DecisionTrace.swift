public import Datasets

/// What a recogniser said when, on one video.
public struct DecisionTrace: Sendable, Equatable {
    /// One decision.
    public struct Decision: Sendable, Equatable {
        /// When, in seconds of the video.
        public let time: Double
        /// What it said; nil for unknown.
        public let outcome: String?

        /// Makes a decision.
        ///
        /// - Parameters:
        ///   - time: when, in seconds of the video.
        ///   - outcome: what it said; nil for unknown.
        public init(time: Double, outcome: String?) { (self.time, self.outcome) = (time, outcome) }
    }

    /// The decisions in the order of time.
    public let decisions: [Decision]

    /// Takes decisions.
    ///
    /// - Parameter decisions: in the order of time.
    public init(_ decisions: [Decision]) { self.decisions = decisions }

    /// How long after its beginning an action was recognised and stayed so.
    ///
    /// That is the first decision that names it and that all others of the next `stability` seconds, as far as the action
    /// lasts, agree with.
    ///
    /// - Parameters:
    ///   - action: the action.
    ///   - stability: how long it must stay, in seconds.
    /// - Returns: seconds of the video; nil when it was not recognised while it lasted.
    public func delay(of action: TimedAction, stability: Double) -> Double? {
        let during = decisions.filter { $0.time >= action.start && $0.time < action.end }
        let first = during.first { decision in
            during.allSatisfy {
                $0.time < decision.time || $0.time > decision.time + stability || $0.outcome == action.label
            }
        }
        return first.map { $0.time - action.start }
    }

    /// Changes of the outcome in a minute.
    public var flicker: Double {
        guard let first = decisions.first, let last = decisions.last, last.time > first.time else { return 0 }
        return Double(changes) * 60 / (last.time - first.time)
    }

    /// How often the outcome changed from one decision to the next.
    public var changes: Int { zip(decisions, decisions.dropFirst()).count { $0.outcome != $1.outcome } }

    /// How many decisions name what is being done at their time, and how many there are while something is.
    ///
    /// - Parameter actions: what is done.
    /// - Returns: the right ones and all.
    public func agreement(with actions: [TimedAction]) -> (right: Int, all: Int) {
        var (right, all) = (0, 0)
        for decision in decisions {
            guard let action = actions.first(where: { $0.start <= decision.time && decision.time < $0.end }) else {
                continue
            }
            all += 1
            if action.label == decision.outcome { right += 1 }
        }
        return (right, all)
    }
}
