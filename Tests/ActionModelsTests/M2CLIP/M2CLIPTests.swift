import CLIP
import FixtureSupport
import Testing
import Torch

@testable import ActionModels

@Suite("M2-CLIP on clips and texts")
struct M2CLIPTests {
    private let tiny = M2CLIPConfiguration.tiny

    private func outputs(_ model: M2CLIP, training: Bool = false) -> M2CLIP.Outputs {
        let texts = model.configuration.sentences
        return model.outputs(
            of: .init(
                clips: model.configuration.clips(3), texts: texts,
                classTexts: model.encodeText(texts).pooled.repeated(2, 1).slice(0, 0..<5)),
            training: training)
    }

    @Test("a new model sees as CLIP does", arguments: M2CLIPConfiguration.variants)
    func identity(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let (clip, parameters) = try Parameters.build(.random(Generator(seed: 3))) { CLIPModel($0, configuration.clip) }
        let clips = configuration.clips()
        let frames = clip.encodeImage(clips.reshaped([-1] + clips.shape[2...])).reshaped(2, 4, -1)
        let (model, _) = try M2CLIP.adapting(parameters.tensors, configuration, path: "new")
        let video = model.encodeVideo(clips)
        expectClose(video.frames, frames, absolute: 1e-6, relative: 1e-5)
        let features = model.features(of: clips)
        expectClose(try #require(features.embedding), frames.mean(1), absolute: 1e-6, relative: 1e-5)
        #expect(try #require(features.classLogits).shape == [2, 5])
    }

    @Test("the order of frames matters once adapters are trained, and only then")
    func order() throws {
        let clips = tiny.clips()
        let reversed = clips.flipped(1)
        let new = try tiny.built().model
        expectClose(new.encodeVideo(reversed).pooled, new.encodeVideo(clips).pooled, absolute: 1e-6)
        let trained = try tiny.stirred().model
        for (one, other) in [
            (trained.encodeVideo(reversed).pooled, trained.encodeVideo(clips).pooled),
            (trained.encodeVideo(reversed).classLogits, trained.encodeVideo(clips).classLogits),
        ] {
            #expect((one - other).abs.max().item(Double.self) > 1e-3)
        }
    }

    @Test("clips of a batch do not mix")
    func batch() throws {
        let model = try tiny.stirred().model
        let clips = tiny.clips()
        let both = model.features(of: clips), one = model.features(of: clips.slice(0, 1..<2))
        let embedding = try #require(both.embedding), alone = try #require(one.embedding)
        expectClose(alone, embedding.slice(0, 1..<2), absolute: 1e-5, relative: 1e-5)
    }

    @Test("clips of another length are a programmer's mistake")
    func length() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = try M2CLIPConfiguration.tiny.built().model
            _ = model.encodeVideo(Tensor.zeros([1, 8, 3, 12, 12]))
        }
        expectMessage(result, "M2CLIP: clips [1, 8, 3, 12, 12], the model takes [B, ")
    }

    @Test("only adapters get gradients, all of them", arguments: M2CLIPConfiguration.variants)
    func gradients(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let (model, parameters) = try configuration.stirred()
        parameters.train(M2CLIPConfiguration.isTrained)
        let outputs = outputs(model)
        let tasks = [outputs.pairLogits, outputs.similarities, outputs.classLogits, outputs.wordLogits]
        tasks.map { $0.pow(2).sum() }.reduce(Tensor(Float(0)), +).backward()
        for name in parameters.names {
            #expect((parameters[name]?.gradient != nil) == name.contains("adapter"), "\(name)")
        }
    }

    @Test("the last block's difference branch before the feed-forward part is dead: gradients of zeros, no effect")
    func dead() throws {
        let (model, parameters) = try tiny.stirred()
        parameters.train(M2CLIPConfiguration.isTrained)
        let before = model.encodeVideo(tiny.clips())
        (before.frames.pow(2).sum() + before.classLogits.pow(2).sum()).backward()
        let branch = "visual.transformer.resblocks.2.adapter_pre_mlp.offset_adapter."
        let names = parameters.names.filter { $0.hasPrefix("visual.") && $0.contains("adapter") }
        for name in names {
            let gradient = try #require(parameters[name]?.gradient)
            #expect(gradient.equal(to: 0).allTrue == name.hasPrefix(branch), "\(name)")
        }
        var tensors = parameters.tensors.mapValues { $0.detached() }
        for name in names where name.hasPrefix(branch) { tensors[name] = tensors[name].map { $0 * 3 + 1 } }
        let other = try Parameters.build(.checkpoint(tensors)) { M2CLIP($0, tiny) }.model.encodeVideo(tiny.clips())
        expectClose(other.frames, before.frames, absolute: 1e-6)
        expectClose(other.classLogits, before.classLogits, absolute: 1e-6)
    }

    @Test("dropping happens before the class head, in training only")
    func dropout() throws {
        let model = try tiny.stirred().model
        let quiet = outputs(model), again = outputs(model)
        expectClose(again.classLogits, quiet.classLogits, absolute: 0, relative: 0)
        let noisy = outputs(model, training: true)
        #expect((noisy.classLogits - quiet.classLogits).abs.max().item(Double.self) > 1e-3)
        expectClose(noisy.video.frames, quiet.video.frames, absolute: 0, relative: 0)
        expectClose(noisy.wordLogits, quiet.wordLogits, absolute: 0, relative: 0)
    }

    @Test("the contrastive task can read sentences of its own")
    func contrastiveTexts() throws {
        let model = try tiny.stirred().model
        let clips = tiny.clips(3), plain = tiny.sentences, masked = plain.filled(where: plain.equal(to: 3), with: 17)
        let classes = model.encodeText(plain).pooled
        let same = model.outputs(of: .init(clips: clips, texts: masked, classTexts: classes), training: false)
        let own = model.outputs(
            of: .init(clips: clips, texts: masked, contrastiveTexts: plain, classTexts: classes), training: false)
        expectClose(own.wordLogits, same.wordLogits, absolute: 0, relative: 0)
        expectClose(own.texts.pooled, classes, absolute: 0, relative: 0)
        #expect((own.pairLogits - same.pairLogits).abs.max().item(Double.self) > 1e-4)
    }

    @Test("scores of labels use 100 times the cosine, whatever the learned scale")
    func scoring() throws {
        let (model, parameters) = try tiny.stirred()
        #expect(model.textScoring == TextScoring(scale: 100, ensemble: .probabilities, templates: [.video]))
        #expect(model.frames == 4 && model.classes == 5)
        var tensors = parameters.tensors
        tensors["logit_scale"] = Tensor(Float(0.5))
        let other = try Parameters.build(.checkpoint(tensors)) { M2CLIP($0, tiny) }.model
        let one = outputs(model), two = outputs(other)
        expectClose(two.similarities, one.similarities, absolute: 0, relative: 0)
        let cosines = one.pairLogits / parameters.tensors["logit_scale"].map(\.exp)!
        expectClose(two.pairLogits, cosines * Tensor(Float(0.5)).exp, absolute: 1e-5)
    }
}

@Suite("TED-Adapters")
struct TEDAdapterTests {
    private func sizes(
        _ difference: M2CLIPConfiguration.DifferenceBranch, kernel: Int = 3, frames: Int = 5
    ) -> TEDAdapter.Sizes {
        var sizes = TEDAdapter.Sizes(width: 6, bottleneck: 4, frames: frames)
        (sizes.difference, sizes.kernel) = (difference, kernel)
        return sizes
    }

    private func adapter(
        _ difference: M2CLIPConfiguration.DifferenceBranch = .released, kernel: Int = 3, frames: Int = 5
    ) throws -> TEDAdapter {
        let sizes = sizes(difference, kernel: kernel, frames: frames)
        let names = try Parameters.build(.random()) { TEDAdapter($0, sizes) }.parameters.tensors
        let tensors = names.mapValues { Generator(seed: UInt64($0.count)).normal($0.shape) }
        return try Parameters.build(.checkpoint(tensors)) { TEDAdapter($0, sizes) }.model
    }

    private let x = Generator(seed: 2).normal([10, 10, 6])

    /// What the adapter changes, `[B, T, N, C]`.
    private func change(_ adapter: TEDAdapter) -> Tensor { (adapter(x) - x).reshaped(2, 5, 10, 6) }

    @Test("biases act on the first frame, unless the paper's text is followed")
    func firstFrame() throws {
        let enhancement = change(try adapter(.none)), released = change(try adapter(.released)) - enhancement
        let paper = change(try adapter(.zeroFirstFrame)) - enhancement
        #expect(released.select(1, 0).slice(1, 1..<10).abs.min().item(Double.self) > 1e-4)
        expectClose(paper.select(1, 0), Tensor.zeros([2, 10, 6]), absolute: 1e-5)
        expectClose(paper.slice(1, 1..<5), released.slice(1, 1..<5), absolute: 1e-5)
    }

    @Test("the class token gets no difference")
    func classToken() throws {
        expectClose(
            change(try adapter(.released)).select(2, 0), change(try adapter(.none)).select(2, 0), absolute: 1e-5)
    }

    @Test("a kernel of k frames reaches (k - 1) / 2 frames", arguments: [1, 3, 5])
    func reach(_ kernel: Int) throws {
        let adapter = try adapter(.none, kernel: kernel)
        let moved = x.reshaped(2, 5, 10, 6) + Tensor([0, 0, 0, 0, 1].map(Float.init), shape: [1, 5, 1, 1])
        let difference = (adapter(moved.reshaped(10, 10, 6)) - adapter(x)).reshaped(2, 5, 10, 6).abs
        for frame in 0..<5 {
            let isReached = difference.select(1, frame).max().item(Double.self) > 1e-4
            #expect(isReached == (4 - frame <= kernel / 2), "frame \(frame)")
        }
    }

    @Test("one frame is enough", arguments: M2CLIPConfiguration.DifferenceBranch.allCases)
    func oneFrame(_ difference: M2CLIPConfiguration.DifferenceBranch) throws {
        let new = try Parameters.build(.random()) { TEDAdapter($0, sizes(difference, frames: 1)) }.model
        expectClose(new(x), x, absolute: 1e-6)
        let trained = try adapter(difference, frames: 1)
        let enhancement = try adapter(.none, frames: 1)
        let change = trained(x) - enhancement(x)
        #expect(change.equal(to: 0).allTrue == (difference != .released))
    }

    @Test("a branch without a frame to compare with still has gradients", arguments: [1, 2])
    func fewFrames(_ frames: Int) throws {
        let sizes = sizes(.zeroFirstFrame, frames: frames)
        let (model, parameters) = try Parameters.build(.random()) { TEDAdapter($0, sizes) }
        let trained = parameters.train { _ in true }
        model(x).pow(2).sum().backward()
        for (name, tensor) in zip(trained.names, trained.tensors) {
            let gradient = try #require(tensor.gradient, "\(name)")
            #expect(gradient.isFinite.allTrue, "\(name)")
        }
    }
}
