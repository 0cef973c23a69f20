import Testing
import Torch
import Video

@testable import Training

@Suite("Mixed steps")
@TorchActor
struct BatchMixingTests {
    private func mixed(_ labels: [[Int]], _ mixing: BatchMixing) throws -> (clips: [Float], targets: [Float]) {
        let clips = Tensor(labels.indices.map { Float($0) }, shape: [labels.count, 1, 1, 1, 1])
        let batch = LoadedBatch(
            input: .clips(clips), labels: labels, positions: Array(labels.indices), total: labels.count)
        let position = RunPosition(step: 3, stepsPerEpoch: 10)
        let result = mixing.mixed(batch, RunSettings(), classes: 3, at: position)
        guard case .clips(let found) = result.input else { fatalError("no clips") }
        return (found.array(of: Float.self), try #require(result.targets).array(of: Float.self))
    }

    @Test("clips of several classes, of one and of none keep all of them, in the clips' shares")
    func severalClasses() throws {
        var mixing = BatchMixing()
        mixing.cutmix = 0
        let (clips, targets) = try mixed([[0, 2], [], [1]], mixing)  // partners by reversal
        let share = 1 - clips[0] / 2  // the first clip is all 0, its partner all 2
        try #require(share > 0 && share < 1)
        let expected: [Float] = [share, 1 - share, share, 0, 0, 0, 1 - share, share, 1 - share]
        #expect(targets.count == 9 && zip(targets, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("a step that is not mixed keeps its classes")
    func unmixed() throws {
        var mixing = BatchMixing()
        mixing.probability = 0
        let (clips, targets) = try mixed([[0, 2], [], [1]], mixing)
        #expect(clips == [0, 1, 2] && targets == [1, 0, 1, 0, 0, 0, 0, 1, 0])
    }
}
