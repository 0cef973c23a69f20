internal import Datasets
internal import Video

/// Where the random numbers of a run begin: a hash of the seed, of what they are for, and of where in the run they are.
///
/// Nothing is carried from one step to the next, so a run that goes on from a checkpoint draws what it would have drawn.
struct RunSeed: Sendable {
    /// What numbers are for.
    enum Purpose: UInt64 {
        case dropout = 1
        case texts, mixing
    }

    let seed: UInt64

    /// The beginning of a sequence.
    ///
    /// - Parameters:
    ///   - purpose: what the numbers are for.
    ///   - first: where in the run: a step or an epoch.
    ///   - second: where in there: a process or a clip's position.
    /// - Returns: a seed.
    func hash(_ purpose: Purpose, _ first: Int, _ second: Int = 0) -> UInt64 {
        let start = SplitMix64.hash(seed, purpose.rawValue)
        return SplitMix64.hash(SplitMix64.hash(start, UInt64(first)), UInt64(second))
    }

    /// Numbers from there on.
    func draws(_ purpose: Purpose, _ first: Int, _ second: Int = 0) -> SeededDraws {
        SeededDraws(seed: hash(purpose, first, second))
    }
}
