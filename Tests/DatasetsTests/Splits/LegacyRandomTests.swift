import Datasets
import FixtureSupport
import Foundation
import Testing

@Suite("Half of the classes, as NumPy draws them")
struct LegacyRandomTests {
    struct Recorded: Decodable {
        struct Trial: Decodable { let classes, trial: Int, chosen: String, permutation: [Int]? }
        struct Permutation: Decodable { let seed: UInt32, permutation: [Int] }
        struct Words: Decodable { let seed: UInt32, first: [UInt32], at_1299: UInt32 }
        let trials: [Trial]
        let largest_seed: Permutation
        let words: Words
    }

    private func recorded() throws -> Recorded {
        let file = Fixture.roots[0].appending(path: "splits/half_classes.json")
        return try JSONDecoder().decode(Recorded.self, from: Data(contentsOf: file))
    }

    @Test("words, over the end of the state")
    func words() throws {
        let recorded = try recorded().words
        var random = LegacyRandom(seed: recorded.seed)
        let words = (0..<1300).map { _ in random.word() }
        #expect(Array(words.prefix(3)) == recorded.first && words[1299] == recorded.at_1299)
    }

    @Test("permutations and trials of 51, 101, 200 and 600 classes")
    func trials() throws {
        let recorded = try recorded()
        #expect(recorded.trials.count == 40)
        for trial in recorded.trials {
            let half = HalfClasses(trial: trial.trial, classes: trial.classes)
            #expect(Self.mask(half.chosen) == trial.chosen, "\(trial.classes) classes, trial \(trial.trial)")
            #expect(half.chosen.count == trial.classes / 2)
            var random = LegacyRandom(seed: UInt32(trial.trial))
            if let permutation = trial.permutation { #expect(random.permutation(trial.classes) == permutation) }
        }
        var random = LegacyRandom(seed: recorded.largest_seed.seed)
        #expect(random.permutation(20) == recorded.largest_seed.permutation)
        #expect(random.permutation(0) == [] && random.permutation(1) == [0])
    }

    /// The values that the protocol's page states.
    @Test("the check values of HMDB51")
    func hmdb51() {
        #expect(
            HalfClasses(trial: 0, classes: 51).chosen == [
                2, 4, 7, 10, 11, 14, 15, 16, 18, 22, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 41, 42, 45, 46, 48,
            ])
        #expect(
            HalfClasses(trial: 9, classes: 51).chosen == [
                2, 3, 4, 5, 7, 13, 14, 15, 20, 21, 25, 26, 30, 31, 32, 34, 35, 36, 37, 38, 39, 41, 42, 44, 45,
            ])
    }

    @Test("only chosen classes that have videos compete")
    func selection() {
        let half = HalfClasses(trial: 0, classes: 51)
        let samples =
            [4, 0, 48, 2, 4, 3].map { VideoSample(source: .file("\($0)"), labels: [$0]) }
            + [VideoSample(source: .file("x"), labels: [])]
        let selection = half.selection(of: samples)
        #expect(selection.positions == [0, 2, 3, 4] && selection.classes == [2, 4, 48])
    }

    /// The ids as a hexadecimal number, bit i for class i.
    private static func mask(_ ids: [Int]) -> String {
        var digits = [Int](repeating: 0, count: (ids.last ?? 0) / 4 + 1)
        for id in ids { digits[id / 4] |= 1 << (id % 4) }
        return digits.reversed().map { String($0, radix: 16) }.joined()
    }
}
