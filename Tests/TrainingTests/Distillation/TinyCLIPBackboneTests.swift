import ActionModels
import CLIP
import Datasets
import FixtureSupport
import Foundation
import Testing
import Torch
import Video

@testable import Training

/// Every method on the shapes of TinyCLIP's checkpoints: dense ones, and pruned ones whose blocks differ.
@Suite("Methods on TinyCLIP")
@TorchActor
struct TinyCLIPBackboneTests {
    /// Sizes with a vocabulary of the tests' own; heads are as wide as TinyCLIP's are, by an eighth.
    private func sizes(_ clip: TinyModel, isPruned: Bool, embedDim: Int) -> CLIPConfiguration {
        let image =
            isPruned
            ? TransformerConfiguration(width: 21, headWidth: 8, heads: [2, 0, 1], mlpWidths: [30, 41, 17])
            : TransformerConfiguration(width: 16, layers: 3, heads: 2)
        let text =
            isPruned
            ? TransformerConfiguration(width: 19, headWidth: 8, heads: [1, 2], mlpWidths: [23, 0])
            : TransformerConfiguration(width: 16, layers: 2, heads: 2)
        return CLIPConfiguration(
            embedDim: embedDim, vision: VisionConfiguration(imageSize: 32, patchSize: 16, blocks: image),
            text: TextConfiguration(
                contextLength: 40, vocabularySize: clip.tokenizer.vocabulary.count, blocks: text), activation: .gelu)
    }

    /// A model directory as `verb convert` makes of a TinyCLIP checkpoint.
    private func start(_ sizes: CLIPConfiguration, _ clip: TinyModel, in folder: URL) throws -> StartingPoint {
        let path = folder.path + "/tinyclip-\(UUID().uuidString)"
        let parameters = try Parameters.build(.random(Generator(seed: 5))) { CLIPModel($0, sizes) }.parameters
        try ModelDirectory.write(
            to: path, configuration: sizes, preprocessing: Preprocessing(imageSize: 32),
            tensors: parameters.tensors, vocabulary: clip.tokenizer.vocabulary)
        return StartingPoint(
            try ActionModelCheckpoint(path: path), tokenizer: clip.tokenizer, hasOwnVocabulary: true)
    }

    private func expectStep(_ preset: PresetModel, _ start: StartingPoint, side: Int = 32) throws {
        let method = try preset.training(
            MethodInputs(
                start: start, resetHead: false, classes: DistillationWorld.classes, settings: RunSettings()))
        var draws = (0..<4).map { SeededDraws(seed: UInt64($0)) }
        let labels = [0, 1, 2, 1]
        let batch = TrainingBatch(
            .clips(Generator(seed: 3).normal([4, 2, 3, side, side])), labels: Tensor(labels),
            texts: try method.texts(for: labels, at: [0, 1, 2, 3], draws: &draws))
        let stepper = try Stepper(method), report = try stepper.step(learningRate: 1e-3, parts: [batch])
        #expect(report.loss.isFinite && report.gradientNorm > 0)
    }

    @Test("recipes start and step, and sizes read from YAML as they are", arguments: [false, true])
    func methods(_ isPruned: Bool) async throws {
        try await inFolder { folder in
            let clip = try TinyModel(in: folder), sizes = sizes(clip, isPruned: isPruned, embedDim: isPruned ? 19 : 16)
            let start = try start(sizes, clip, in: folder), names = DistillationWorld.classes
            let json = String(decoding: try SortedJSON.bytes(sizes, isPretty: false), as: UTF8.self)
            let recipe = try TrainingRecipe.find(
                "puppets-actionclip",
                setting: ["model.clip=\(json)", "model.frames=2", "model.aggregator=meanP", "recipe.batch=4"])
            #expect(recipe.preset.model.configuration.clipConfiguration == sizes)
            try expectStep(recipe.preset.model, start)
            var evl = EVLConfiguration(vision: sizes.vision, frames: 2, classes: 3)
            (evl.decoderLayers, evl.decoderHeads, evl.activation) = (1, 1, .gelu)
            try expectStep(.evl(evl, recipe: EVLRecipe()), start)
            let words = LabelVocabulary(classes: names).words.count
            let m2 = M2CLIPConfiguration(clip: sizes, frames: 2, classes: 3, labelWords: words)
            try expectStep(.m2CLIP(m2, recipe: M2CLIPRecipe()), start)
            try expectStep(
                .linearProbe(LinearProbeConfiguration(clip: sizes, frames: 2, classes: 3), recipe: LinearProbeRecipe()),
                start)
        }
    }

    @Test("what the dimensions do not allow is refused by name")
    func refused() async throws {
        try await inFolder { folder in
            let clip = try TinyModel(in: folder), pruned = sizes(clip, isPruned: true, embedDim: 24)
            // TinyCLIP 8M's text tower is narrower than the common space.
            let m2 = M2CLIPConfiguration(clip: pruned, frames: 2, classes: 3, labelWords: 4)
            #expect(throws: ActionModelError.self) { try m2.validate() }
            var evl = EVLConfiguration(vision: pruned.vision, frames: 2, classes: 3)
            (evl.decoderLayers, evl.decoderHeads) = (2, 1)
            #expect(throws: ActionModelError.self) { try evl.validate() }
            evl.hasTemporalCrossAttention = false
            try evl.validate()
        }
    }

    @Test("a checkpoint as TinyCLIP wrote it", arguments: Fixture.all("clip", "tinyclip_auto"))
    func released(_ fixture: Fixture) throws {
        struct Case: Decodable { let file: String }
        let file: Case = try fixture.decode()
        let checkpoint = try ActionModelCheckpoint(path: fixture.path(file.file))
        let start = StartingPoint(checkpoint, tokenizer: nil, hasOwnVocabulary: false)
        let vision = checkpoint.configuration.vision
        var evl = EVLConfiguration(vision: vision, frames: 2, classes: 3)
        (evl.decoderLayers, evl.decoderHeads) = (1, 1)
        evl.activation = try #require(checkpoint.clip?.configuration.activation)
        try expectStep(.evl(evl, recipe: EVLRecipe()), start, side: vision.imageSize)
    }
}
