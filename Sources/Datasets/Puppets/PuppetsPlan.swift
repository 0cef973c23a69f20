/// A part of a Puppets data set.
public enum PuppetsSplit: String, Sendable, Codable, CaseIterable {
    /// Training actions, to train on.
    case train
    /// Training actions, other clips.
    case validation
    /// Held-out actions, for zero-shot tests.
    case heldOut = "heldout"
    /// Training actions in the second look.
    case secondLook = "second_look"

    /// The look of the split's clips.
    public var look: PuppetsLook { self == .secondLook ? .second : .first }

    /// The actions of the split's clips, in turn.
    public var actions: [PuppetsAction] { self == .heldOut ? Puppets.heldOutActions : Puppets.trainingActions }

    /// A number that keeps the splits' draws apart.
    var stream: UInt64 {
        switch self {
        case .train: 101
        case .validation: 102
        case .heldOut: 103
        case .secondLook: 104
        }
    }
}

/// Which clips a Puppets data set has; equal plans give equal clips on every machine.
///
/// Each clip is drawn from the seed, its split and its index alone, so neither order nor threads matter, and a longer
/// split begins with the clips of a shorter one.
public struct PuppetsPlan: Sendable, Codable, Equatable {
    /// What every draw starts from.
    public var seed: UInt64
    /// The side of the square frames in pixels: even, 32 to 512.
    public var size: Int
    /// How many clips each split has.
    public var train, validation, heldOut, secondLook: Int

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - seed: what every draw starts from.
    ///   - size: the side of the square frames in pixels.
    ///   - train: clips of training actions to train on.
    ///   - validation: other clips of training actions.
    ///   - heldOut: clips of held-out actions.
    ///   - secondLook: clips of training actions in the second look.
    public init(
        seed: UInt64 = 1, size: Int = 64, train: Int = 0, validation: Int = 0, heldOut: Int = 0, secondLook: Int = 0
    ) {
        self.seed = seed
        self.size = size
        self.train = train
        self.validation = validation
        self.heldOut = heldOut
        self.secondLook = secondLook
    }

    /// How many clips a split has.
    ///
    /// - Parameter split: the split.
    /// - Returns: the number of clips.
    public func count(of split: PuppetsSplit) -> Int {
        switch split {
        case .train: train
        case .validation: validation
        case .heldOut: heldOut
        case .secondLook: secondLook
        }
    }

    /// How many clips there are in all splits.
    public var total: Int { PuppetsSplit.allCases.map(count).reduce(0, +) }

    /// A clip of the plan; actions take turns by index.
    ///
    /// - Parameters:
    ///   - index: the position in the split, from 0; positions past the split's count are further clips.
    ///   - split: the split.
    /// - Returns: the clip, not rendered yet.
    public func clip(_ index: Int, of split: PuppetsSplit) -> PuppetsClip {
        let seed = SplitMix64.hash(SplitMix64.hash(seed, split.stream), UInt64(index))
        let actions = split.actions
        return PuppetsClip(action: actions[index % actions.count], look: split.look, seed: seed, size: size)
    }

    /// Where a clip's file lies, relative to the data set's folder; without blanks.
    ///
    /// - Parameters:
    ///   - index: the position in the split, from 0.
    ///   - split: the split.
    /// - Returns: such as `train/000001_lowering_the_left_arm.mp4`.
    public func path(_ index: Int, of split: PuppetsSplit) -> String {
        let actions = split.actions
        let number = String(index)
        let zeros = String(repeating: "0", count: max(0, 6 - number.count))
        let words = actions[index % actions.count].name.split(separator: " ").joined(separator: "_")
        return "\(split.rawValue)/\(zeros)\(number)_\(words).mp4"
    }

    /// Checks that the plan can be carried out.
    ///
    /// - Throws: `DatasetError.invalidPlan` for a count below 0 or above 1,000,000, no clip at all, or a wrong size.
    public func validate() throws(DatasetError) {
        guard (32...512).contains(size), size % 2 == 0 else {
            throw .invalidPlan("the frames' side is \(size) pixels; give an even number from 32 to 512")
        }
        for split in PuppetsSplit.allCases where !(0...1_000_000).contains(count(of: split)) {
            throw .invalidPlan("\(split.rawValue): \(count(of: split)) clips; give a number from 0 to 1000000")
        }
        guard total > 0 else { throw .invalidPlan("the plan has no clips; give at least one split a count") }
    }
}
