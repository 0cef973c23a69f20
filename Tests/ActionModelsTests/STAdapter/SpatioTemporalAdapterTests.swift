import CLIP
import FixtureSupport
import Testing
import Torch

@testable import ActionModels

@Suite("The spatio-temporal adapter")
struct SpatioTemporalAdapterTests {
    /// Two clips of five frames of 3x3 patches, class token first.
    private let x = Generator(seed: 3).normal([10, 10, 12])

    private func configuration(_ kernel: STAdapterConfiguration.Kernel) -> STAdapterConfiguration {
        var configuration = STAdapterConfiguration(
            vision: VisionConfiguration(
                imageSize: 12, patchSize: 4, blocks: TransformerConfiguration(width: 12, layers: 1, heads: 2)),
            frames: 5, classes: 2, placement: .beforeMLP)
        configuration.adapterWidth = 6
        configuration.kernel = kernel
        return configuration
    }

    /// An adapter whose every tensor has an effect.
    private func adapter(_ kernel: STAdapterConfiguration.Kernel) throws -> SpatioTemporalAdapter {
        let configuration = configuration(kernel)
        let names = try Parameters.build(.random()) { SpatioTemporalAdapter($0, configuration) }.parameters.tensors
        let weights = names.mapValues { Generator(seed: UInt64($0.count)).normal($0.shape) }
        return try Parameters.build(.checkpoint(weights)) { SpatioTemporalAdapter($0, configuration) }.model
    }

    @Test("a new adapter changes nothing, and only three of its tensors have a gradient")
    func identityAtStart() throws {
        let configuration = configuration(.init(frames: 3, rows: 1, columns: 1))
        let (adapter, parameters) = try Parameters.build(.random()) { SpatioTemporalAdapter($0, configuration) }
        expectClose(adapter(x), x, absolute: 0, relative: 0)
        let trained = parameters.train { _ in true }
        (adapter(x) * Generator(seed: 9).normal(x.shape)).sum().backward()
        let moved = zip(trained.names, trained.tensors).filter { _, tensor in
            tensor.gradient?.array(of: Float.self).contains { $0 != 0 } ?? false
        }
        #expect(Set(moved.map(\.0)) == ["conv.weight", "conv.bias", "fc2.bias"])
    }

    @Test("shifted products are the convolution", arguments: [1, 3, 5, 7])
    func shifted(_ frames: Int) throws {
        let adapter = try adapter(.init(frames: frames, rows: 1, columns: 1))
        let inner = Generator(seed: 4).normal([2, 5, 9, 6])
        expectClose(adapter.shifted(inner), adapter.convolved(inner), absolute: 1e-5)
    }

    @Test("three taps over time, zeros outside of the clip")
    func equation() throws {
        let adapter = try adapter(.init(frames: 3, rows: 1, columns: 1))
        let u = Generator(seed: 5).normal([1, 5, 9, 6])
        let v = adapter.shifted(u)
        let (weight, bias) = (adapter.weight.array(of: Double.self), adapter.bias.array(of: Double.self))
        func at(_ tensor: Tensor, _ t: Int, _ p: Int, _ a: Int) -> Double {
            (0..<5).contains(t) ? tensor.select(0, 0).select(0, t).select(0, p).select(0, a).item(Double.self) : 0
        }
        for (t, p, a) in [(0, 0, 0), (2, 8, 5), (4, 3, 2), (1, 4, 3)] {
            let sum = (0..<3).reduce(bias[a]) { $0 + weight[a * 3 + $1] * at(u, t + $1 - 1, p, a) }
            #expect(abs(at(v, t, p, a) - sum) < 1e-5)
        }
    }

    @Test(
        "the class token stays, every patch changes",
        arguments: [(3, 1, 1), (1, 3, 3), (3, 3, 5)] as [(Int, Int, Int)])
    func classToken(_ sizes: (Int, Int, Int)) throws {
        let adapter = try adapter(.init(frames: sizes.0, rows: sizes.1, columns: sizes.2))
        let y = adapter(x)
        #expect(y.shape == x.shape)
        expectClose(y.select(1, 0), x.select(1, 0), absolute: 0, relative: 0)
        let changes = (y - x).slice(1, 1..<10).abs.sum(-1)
        #expect(changes.array(of: Float.self).allSatisfy { $0 > 0 })
    }

    @Test("clips do not see each other, frames do")
    func neighbours() throws {
        let adapter = try adapter(.init(frames: 3, rows: 1, columns: 1))
        let other = Generator(seed: 8).normal([1, 10, 12])
        let changed = Tensor.concatenated([x.slice(0, 0..<4), other, x.slice(0, 5..<10)])  // frame 4 of clip 0
        let difference = (adapter(changed) - adapter(x)).abs.sum(1, 2).array(of: Float.self).map { $0 > 0 }
        #expect(difference == [false, false, false, true, true, false, false, false, false, false])
    }

    @Test("rows that are no whole clips, and grids that are not the tower's, trap")
    func traps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let configuration = STAdapterConfiguration(
                vision: VisionConfiguration(
                    imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 4, layers: 1, heads: 1)),
                frames: 2, classes: 2, placement: .beforeMLP)
            let adapter = try Parameters.build(.random()) { SpatioTemporalAdapter($0, configuration) }.model
            _ = adapter(.zeros([3, 5, 4]))
        }
        expectMessage(result, "SpatioTemporalAdapter: [3, 5, 4] is not clips of 2 frames of 2x2 patches")
        let grid = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let configuration = STAdapterConfiguration(
                vision: VisionConfiguration(
                    imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 4, layers: 1, heads: 1)),
                frames: 2, classes: 2, placement: .beforeMLP)
            let adapter = try Parameters.build(.random()) { SpatioTemporalAdapter($0, configuration) }.model
            _ = adapter(.zeros([4, 6, 4]))
        }
        expectMessage(grid, "SpatioTemporalAdapter: [4, 6, 4] is not clips of 2 frames of 2x2 patches")
    }
}
