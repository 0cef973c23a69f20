/// One trial of the half-class protocol of zero-shot evaluation: half of the classes, drawn at random.
///
/// Trial s takes the first half of NumPy's legacy permutation with the seed s, rounded down: 25 of 51 classes, 50 of 101.
/// Ten trials make a result. Source: Text4Vis `test_zeroshot.py`.
public struct HalfClasses: Sendable, Equatable {
    /// The numbers of the chosen classes, ascending.
    public let chosen: [Int]

    /// Draws a trial's classes.
    ///
    /// - Parameters:
    ///   - trial: the trial, 0 to 9 in the protocol.
    ///   - classes: how many classes there are, at least 2.
    public init(trial: Int, classes: Int) {
        var random = LegacyRandom(seed: UInt32(truncatingIfNeeded: trial))
        chosen = random.permutation(classes).prefix(classes / 2).sorted()
    }

    /// What is evaluated: the videos of the chosen classes, and those of the chosen classes that have any.
    ///
    /// - Parameter samples: videos with one label each.
    /// - Returns: positions in `samples`, and the numbers of the classes that compete, ascending.
    public func selection(of samples: [VideoSample]) -> (positions: [Int], classes: [Int]) {
        let wanted = Set(chosen)
        let positions = samples.indices.filter { samples[$0].labels.first.map(wanted.contains) ?? false }
        return (positions, Set(positions.flatMap { samples[$0].labels }).sorted())
    }
}
