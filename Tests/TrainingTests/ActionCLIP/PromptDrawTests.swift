import ActionModels
import Testing
import Training
import Video

@Suite("Drawing of training sentences")
struct PromptDrawTests {
    /// Gives numbers in turn and keeps the ranges that were asked for.
    private struct Listed: DrawSource {
        var numbers: [Int]
        var ranges: [Range<Int>] = []

        mutating func integer(in range: Range<Int>) -> Int {
            ranges.append(range)
            return numbers.removeFirst()
        }

        mutating func real(in range: Range<Double>) -> Double {
            Issue.record("no real number is needed")
            return range.lowerBound
        }
    }

    @Test("one of ActionCLIP's sentences for each clip, each by a number of its own")
    func sentences() {
        var draws = Listed(numbers: [3, 0, 15, 7])
        let sentences = PromptDraw()(["brush hair", "brush hair", "Archery", "golf"], draws: &draws)
        #expect(
            sentences == ["brush hair, an action", "a photo of action brush hair", "The woman is Archery", "golf"])
        #expect(draws.ranges == Array(repeating: 0..<16, count: 4))
    }

    @Test("all sentences are equally likely")
    func uniform() {
        let draw = PromptDraw(), rounds = 16_000
        var draws = SeededDraws(seed: 3)
        var counts: [String: Int] = [:]
        for _ in 0..<rounds { counts[draw("x", draws: &draws), default: 0] += 1 }
        #expect(counts.count == 16)
        for (sentence, count) in counts { #expect(abs(count - rounds / 16) < 150, "\(sentence): \(count)") }
    }
}
