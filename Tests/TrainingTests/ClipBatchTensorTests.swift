import Testing
import Torch
import Training
import Video

@testable import Datasets

@Suite("Batches as tensors")
struct ClipBatchTensorTests {
    private func outcome(_ position: Int, _ clips: [ClipPixels]) -> SampleOutcome {
        var outcome = SampleOutcome(position: position)
        outcome.clips = clips
        return outcome
    }

    /// A loader of clips of one frame of 2x2 pixels.
    private func loader() throws -> ClipLoader {
        var clips = EvaluationClips(sampling: .dense(stride: 1), shortSide: 2, resize: .bilinear)
        clips.temporalViews = 2
        return try ClipLoader(
            [VideoSample(source: .file("none"), labels: [])], evaluation: clips, frames: 1, imageSize: 2,
            settings: LoaderSettings())
    }

    @Test("clips of bytes and of numbers stand one after another, view by view")
    func values() async throws {
        let bytes = ClipPixels(
            frames: 1, height: 2, width: 2, storage: .bytes([0, 51, 102, 153, 204, 255, 0, 51, 102, 153, 204, 255]))
        let numbers = (0..<12).map { Float($0) }
        let floats = ClipPixels(frames: 1, height: 2, width: 2, storage: .floats(numbers))
        let batch = ClipBatch(
            [outcome(4, [bytes, floats]), outcome(5, []), outcome(6, [floats, floats])], number: 0, of: try loader(),
            waited: 0)
        #expect(batch.positions == [4, 6] && batch.views == 2)
        let normalization = PixelNormalization(mean: [0, 0, 0], std: [1, 1, 1])
        let (shape, values) = await TorchThread.run {
            let tensor = batch.tensor(normalization)
            return (tensor.shape, (tensor + 0).array(of: Float.self))
        }
        #expect(shape == [4, 1, 3, 2, 2])
        let first: [Float] = [0, 0.6, 0, 0.6, 0.2, 0.8, 0.2, 0.8, 0.4, 1, 0.4, 1]
        let all = first + numbers + numbers + numbers
        #expect(zip(values, all).allSatisfy { abs($0 - $1) < 1e-6 } && values.count == all.count)
    }

    @Test("a batch without clips is a tensor without rows")
    func empty() async throws {
        let batch = ClipBatch([outcome(1, [])], number: 3, of: try loader(), waited: 0)
        let shape = await TorchThread.run { batch.tensor(.clip).shape }
        #expect(shape == [0, 1, 3, 2, 2] && batch.number == 3)
    }

    @Test("a loop on the LibTorch thread takes batches and makes tensors")
    @TorchActor
    func loop() async throws {
        let picture = Frame(width: 2, height: 2, pixels: [UInt8](repeating: 255, count: 12))
        var loader = try loader()
        loader.open = { _, _ throws(VideoError) in ListedFrames([picture, picture]) }
        var sums: [Double] = []
        for try await batch in loader.batches(epoch: 0) {
            // Numbers of the plain kernels are normalised by the loader's settings already.
            sums.append(batch.tensor(PixelNormalization(mean: [0, 0, 0], std: [1, 1, 1])).sum().item(Double.self))
        }
        let clip = PixelNormalization.clip, white = zip(clip.mean, clip.std).map { (1 - $0) / $1 }.reduce(0, +)
        #expect(sums.count == 1 && abs(sums[0] - 8 * white) < 1e-4)
    }
}
