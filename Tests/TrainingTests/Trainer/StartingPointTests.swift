import ActionModels
import CLIP
import Foundation
import Testing
import Torch

@testable import Training

@Suite("The start of a run")
struct StartingPointTests {
    /// What training says of a start with a vocabulary.
    @TorchActor
    private func words(_ clip: TinyModel, _ vocabulary: BytePairVocabulary) throws -> String? {
        let own = clip.checkpoint.configuration
        let model = PresetModel.actionCLIP(
            ActionCLIPConfiguration(clip: own, frames: 3, aggregator: AggregatorConfiguration(.mean, clip: own)),
            recipe: nil)
        let start = StartingPoint(
            try ActionModelCheckpoint(path: clip.checkpoint.path), tokenizer: Tokenizer(vocabulary: vocabulary),
            hasOwnVocabulary: true)
        let inputs = MethodInputs(start: start, resetHead: false, classes: ["a", "b"], settings: RunSettings())
        do { _ = try model.training(inputs) } catch { return "\(error)" }
        return nil
    }

    @Test("another vocabulary than the text tower's is refused: other symbols, another end symbol")
    func vocabulary() async throws {
        try await inFolder { folder in
            let clip = try TinyModel(in: folder)
            #expect(try await words(clip, clip.tokenizer.vocabulary) == nil)
            let other = TokenizerTrainer(mergeLimit: 2).vocabulary(from: ["other words": 5])
            let size = try #require(try await words(clip, other))
            #expect(size.contains("it has \(other.count) symbols") && size.contains("--vocabulary"))

            let file = URL(fileURLWithPath: clip.checkpoint.path + "/tokenizer.json")
            let swapped = try String(contentsOf: file, encoding: .utf8)
                .replacing("<|startoftext|>", with: "<|x|>").replacing("<|endoftext|>", with: "<|startoftext|>")
                .replacing("<|x|>", with: "<|endoftext|>")
            try Data(swapped.utf8).write(to: file)
            let end = try #require(try await words(clip, try Tokenizer(contentsOf: file).vocabulary))
            #expect(end.contains("the largest id"))
        }
    }
}
