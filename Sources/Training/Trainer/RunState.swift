public import Torch

/// What a run must know beside its tensors to go on: the file `state.json` of a checkpoint.
///
/// There is no state of random numbers: every draw begins at a hash of the seed and of where in the run it is made.
public struct RunState: Codable, Sendable, Equatable {
    /// An evaluation that was better than all before.
    public struct Best: Codable, Sendable, Equatable {
        /// The number of steps before it.
        public var step: Int
        /// What the recipe's metric was.
        public var value: Double
    }

    /// The version of the format.
    public private(set) var version = 1
    /// The number of finished steps.
    public var step = 0
    /// The best evaluation so far.
    public var best: Best?
    /// The number of evaluations since.
    public var evaluationsWithoutBest = 0
    /// The step behind which the newest evaluation was; nil before the first.
    public var evaluatedStep: Int?
    /// What the run computes from; nil in checkpoints that were written before this was noted.
    public internal(set) var sources: RunSources?
    /// The videos that could not be trained on, of all processes, in the order of the list; nil while there is none.
    public internal(set) var broken: [BrokenVideo]?
    /// What scales the loss in half precision.
    public var scaler: LossScaler?
    /// Seconds of training before this checkpoint, all sessions together.
    public var seconds = 0.0

    /// Makes the state of a run that begins.
    public init() {}

    /// Checks that a run that goes on computes from what it computed from.
    ///
    /// - Parameters:
    ///   - sources: what there is now.
    ///   - folder: the run's folder.
    /// - Throws: `TrainingError.otherSources` with everything that differs.
    func check(_ sources: RunSources, in folder: RunFolder) throws(TrainingError) {
        guard let before = self.sources else { return }
        let now = sources.asNoted(in: before)
        guard before != now else { return }
        throw .otherSources(path: folder.path, differences: now.differences(from: before))
    }

    /// Takes an evaluation into account.
    ///
    /// - Parameter value: of the recipe's metric.
    /// - Returns: whether it is better than all before.
    mutating func evaluated(_ value: Double) -> Bool {
        evaluatedStep = step
        guard value > best?.value ?? -.infinity else {
            evaluationsWithoutBest += 1
            return false
        }
        best = Best(step: step, value: value)
        evaluationsWithoutBest = 0
        return true
    }
}
