import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("ActionCLIP")
struct ActionCLIPTests {
    private let clips = Generator(seed: 2).normal([2, 3, 3, 8, 8])

    @Test("a half-precision model keeps its aggregator in float32", arguments: AggregatorConfiguration.Kind.allCases)
    func mixedTypes(_ kind: AggregatorConfiguration.Kind) throws {
        let configuration = tinyConfiguration(kind), tensors = try tinyParameters(configuration).parameters.tensors
        let mixed = tensors.map { name, tensor in
            (name, tensor.detached().to(dtype: name.hasPrefix("fusion.") ? .float32 : .float16))
        }
        let half = try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: mixed))) {
            ActionCLIP($0, configuration)
        }.model
        let clips = Generator(seed: 2).normal([2, 3, 3, 8, 8]), video = half.encodeVideo(clips)
        #expect(video.dtype == .float16)
        let exact = try tinyModel(configuration).encodeVideo(clips)
        expectClose(video.to(dtype: .float32), exact, absolute: 0.02, relative: 0.02)
    }

    @Test("shapes and facts", arguments: ActionCLIPLayoutTests.models)
    func facts(_ configuration: ActionCLIPConfiguration) throws {
        let model = try tinyModel(configuration)
        let embedding = try #require(model.features(of: clips).embedding)
        #expect(embedding.shape == [2, 8])
        #expect(model.features(of: clips).classLogits == nil && model.classes == nil)
        #expect(model.frames == 3 && model.vision == configuration.clip.vision)
        #expect(model.text != nil)
        #expect((model.frameWise != nil) == (configuration.temporal == .none))
    }

    @Test("clips do not see each other", arguments: ActionCLIPLayoutTests.models)
    func alone(_ configuration: ActionCLIPConfiguration) throws {
        let model = try tinyModel(configuration), all = model.encodeVideo(clips)
        for row in 0..<2 {
            expectClose(model.encodeVideo(clips.slice(0, row..<row + 1)), all.slice(0, row..<row + 1), absolute: 1e-5)
        }
    }

    @Test("shift and joint see the order of frames that their mean cannot")
    func order() throws {
        for (temporal, seesOrder) in [(TemporalModelling.none, false), (.shift, true), (.joint, true)] {
            let model = try tinyModel(tinyConfiguration(.mean, temporal: temporal))
            let moved = (model.encodeVideo(clips) - model.encodeVideo(clips.flipped(1))).abs.max().item(Double.self)
            if seesOrder { #expect(moved > 1e-4) } else { #expect(moved < 1e-6) }
        }
    }

    @Test("a text context cut to the longest prompt gives the same values and gradients")
    func shortContext() throws {
        let (model, parameters) = try tinyParameters()
        parameters.train { _ in true }
        let rows: [[Int32]] = [
            [1, 4, 19, 0, 0, 0, 0, 0, 0], [1, 5, 6, 7, 19, 0, 0, 0, 0], [1, 19, 0, 0, 0, 0, 0, 0, 0],
        ]
        let tokens = Tensor(rows.flatMap(\.self), shape: [3, 9]), weights = Generator(seed: 3).normal([3, 8])
        func run(_ tokens: Tensor) -> (Tensor, [String: Tensor]) {
            for name in parameters.names { parameters[name]?.clearGradient() }
            let features = model.encodeText(tokens)
            (features * weights).sum().backward()
            let gradients = parameters.names.compactMap { name in parameters[name]?.gradient.map { (name, $0.cloned()) }
            }
            return (features.detached(), Dictionary(uniqueKeysWithValues: gradients))
        }
        let (whole, wholeGradients) = run(tokens), (cut, cutGradients) = run(tokens.slice(1, 0..<5))
        expectClose(cut, whole, absolute: 1e-6)
        #expect(Set(cutGradients.keys) == Set(wholeGradients.keys) && !cutGradients.isEmpty)
        for (name, gradient) in wholeGradients {
            expectClose(try #require(cutGradients[name]), gradient, absolute: 1e-6, name)
        }
    }

    @Test("a clip with another number of frames is a programmer's mistake", arguments: TemporalModelling.allCases)
    func wrongFrames(_ temporal: TemporalModelling) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [temporal] in
            let model = try tinyModel(tinyConfiguration(.mean, temporal: temporal))
            _ = model.encodeVideo(Generator(seed: 2).normal([3, 2, 3, 8, 8]))
        }
        expectMessage(result, "ActionCLIP: clips [3, 2, 3, 8, 8], the model takes [B, 3, 3, H, W]")
    }

    @Test("a shift sees whole clips only")
    func cutClips() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TemporalShift(frames: 3)(Generator(seed: 2).normal([4, 5, 16]))
        }
        expectMessage(result, "TemporalShift: [4, 5, 16] is not clips of 3 frames")
    }

    @Test("a shift never reaches the next clip")
    func shiftStaysInside() {
        let shift = TemporalShift(frames: 3), x = Generator(seed: 2).normal([6, 5, 16])
        expectClose(shift(x).slice(0, 0..<3), shift(x.slice(0, 0..<3)), absolute: 0, relative: 0)
        let zeros = Tensor.zeros([4, 2])
        expectClose(shift(x).select(0, 2).slice(0, 1..<5).slice(1, 0..<2), zeros, absolute: 0, relative: 0)
        expectClose(shift(x).select(0, 3).slice(0, 1..<5).slice(1, 2..<4), zeros, absolute: 0, relative: 0)
        expectClose(shift(x).select(1, 0), x.select(1, 0), absolute: 0, relative: 0)
    }

    @Test("saved and loaded it is the same model", arguments: ActionCLIPLayoutTests.models)
    func saved(_ configuration: ActionCLIPConfiguration) throws {
        let (model, parameters) = try tinyParameters(configuration)
        let path = FileManager.default.temporaryDirectory.appending(path: "verb-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try StateFile.write(ActionCLIPLayout.released(parameters.tensors, configuration), to: path)
        let tensors = try StateFile.read(path).loadedTensors()
        let inferred = try ActionCLIPLayout.configuration(
            inferredFrom: tensors, clip: configuration.clip, frames: 3, path: path)
        let read = try Parameters.build(.checkpoint(ActionCLIPLayout.canonical(tensors, path: path))) {
            ActionCLIP($0, inferred)
        }.model
        expectClose(read.encodeVideo(clips), model.encodeVideo(clips), absolute: 0, relative: 0)
        let tokens = Tensor([1, 4, 19, 0] as [Int32], shape: [1, 4])
        expectClose(read.encodeText(tokens), model.encodeText(tokens), absolute: 0, relative: 0)
    }
}

@Suite("Dropping in ActionCLIP's towers")
struct ActionCLIPDropoutTests {
    private let clips = Generator(seed: 2).normal([2, 3, 3, 8, 8])

    private func model(dropout: Double = 0, embedding: Double = 0) throws -> ActionCLIP {
        var configuration = tinyConfiguration(.mean)
        (configuration.dropout, configuration.embeddingDropout) = (dropout, embedding)
        return try tinyModel(configuration)
    }

    @Test("both towers drop while training only", arguments: [(0.6, 0.0), (0.0, 0.6)])
    func towers(_ dropout: Double, _ embedding: Double) throws {
        let plain = try model(), model = try model(dropout: dropout, embedding: embedding)
        let tokens = Tensor([1, 4, 19, 1, 5, 19] as [Int32], shape: [2, 3])
        expectClose(model.encodeVideo(clips), plain.encodeVideo(clips), absolute: 0, relative: 0)
        expectClose(model.encodeText(tokens), plain.encodeText(tokens), absolute: 0, relative: 0)
        Generator.seedDefaults(3)
        #expect(
            (model.encodeVideo(clips, training: true) - plain.encodeVideo(clips)).abs.max().item(Double.self) > 1e-3)
        #expect(
            (model.encodeText(tokens, training: true) - plain.encodeText(tokens)).abs.max().item(Double.self) > 1e-3)
    }

    @Test("without rates training computes the same")
    func off() throws {
        let model = try model()
        expectClose(model.encodeVideo(clips, training: true), model.encodeVideo(clips), absolute: 0, relative: 0)
    }

    @Test("rates grow from nothing in the first block to the whole in the last")
    func rates() throws {
        let model = try model(dropout: 0.99), blocks = model.clip.visual.transformer.transformer.blocks
        let x = Generator(seed: 4).normal([2, 5, 16])
        Generator.seedDefaults(1)
        expectClose(blocks[0](x, training: true), blocks[0](x), absolute: 0, relative: 0)
        #expect((blocks[1](x, training: true) - blocks[1](x)).abs.max().item(Double.self) > 1e-3)
    }

    @Test("drop path draws one mask of token positions for the whole batch")
    func dropPath() throws {
        let block = try model(dropout: 0.5).clip.visual.transformer.transformer.blocks[1]
        let x = Generator(seed: 4).normal([3, 40, 16])
        Generator.seedDefaults(5)
        let isKept = (block(x, training: true) - x).abs.max(2).greater(than: 0).array(of: Bool.self)  // [3, 40]
        let rows = (0..<3).map { Array(isKept[$0 * 40..<($0 + 1) * 40]) }
        #expect(rows[0] == rows[1] && rows[1] == rows[2])
        let kept = rows[0].count { $0 }
        #expect((20..<40).contains(kept), "\(kept) of 40 positions got one of two branches, each at a rate of a half")
    }
}
