import CLIP
import Datasets
import FixtureSupport
import Foundation
import Synchronization
import Testing
import Torch
import Training
import Video

@Suite("Pretraining end to end")
struct PretrainingTests {
    private func run(
        _ folder: URL, seed: UInt64 = 1, _ change: (inout PretrainingRecipe) -> Void = { _ in }
    ) async throws -> (outcome: Pretraining.Outcome, reports: [Pretraining.Progress]) {
        var recipe = PretrainingRecipe.tiny
        recipe.seed = seed
        change(&recipe)
        let reports = Mutex<[Pretraining.Progress]>([])
        let data = try CaptionedClips(folder: folder.path, split: "train")
        let outcome = try await Pretraining(recipe, data: data).run { report in reports.withLock { $0.append(report) } }
        return (outcome, reports.withLock { $0 })
    }

    private func values(_ outcome: Pretraining.Outcome) -> [String: [Float]] {
        outcome.parameters.tensors.mapValues { $0.array(of: Float.self) }
    }

    @Test("the loss falls and every step is reported")
    func learns() async throws {
        try await withPuppets { folder in
            let (outcome, reports) = try await run(folder) { $0.steps = 30 }
            #expect(reports.map(\.step) == Array(1...30))
            #expect(reports.allSatisfy { $0.total == 30 && $0.loss.isFinite && (0...1).contains($0.accuracy) })
            let losses = reports.map(\.loss)
            let (first, last) = (losses[0], losses.suffix(5).reduce(0, +) / 5)
            #expect(first > 1.5, "eight clips by chance are log 8 = 2.08")
            #expect(last < 0.6 * first, "\(losses)")
            #expect(outcome.configuration.text.vocabularySize == outcome.vocabulary.count)
            #expect(outcome.vocabulary.count <= 514 + 40)
            #expect(outcome.preprocessing == Preprocessing(imageSize: 32))
            let scale = try #require(outcome.parameters["logit_scale"]).item(Double.self)
            #expect((0...4.6052).contains(scale))
        }
    }

    @Test("the seed decides every bit of the weights")
    func seeds() async throws {
        try await withPuppets { folder in
            let one = values(try await run(folder) { $0.steps = 6 }.outcome)
            let again = values(try await run(folder) { $0.steps = 6 }.outcome)
            let other = values(try await run(folder, seed: 2) { $0.steps = 6 }.outcome)
            #expect(one == again)
            #expect(one.keys == other.keys)
            #expect(one.filter { $0.value == other[$0.key] }.isEmpty)
        }
    }

    @Test("what is written is read back and encodes the same up to half precision")
    func written() async throws {
        try await withPuppets { folder in
            let outcome = try await run(folder) { $0.steps = 4 }.outcome
            let path = folder.deletingLastPathComponent().appendingPathComponent("models/tiny").path
            try outcome.write(to: path, command: "verb pretrain puppets")
            let checkpoint = try CLIPCheckpoint(path: path)
            #expect(checkpoint.configuration == outcome.configuration)
            #expect(checkpoint.preprocessing == outcome.preprocessing)
            #expect(checkpoint.tensors.values.allSatisfy { $0.dtype == .float16 })
            let tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: path))
            let caption = "a puppet raises the left arm in a park"
            #expect(tokenizer.encode(caption) == Tokenizer(vocabulary: outcome.vocabulary).encode(caption))

            let tensors = outcome.parameters.tensors.mapValues { $0.detached() }
            let trained = try Parameters.build(.checkpoint(tensors)) { CLIPModel($0, outcome.configuration) }.model
            let stored = try checkpoint.model().model
            let tokens = try tokenizer([caption, "bowing"], contextLength: 24)
            let ids = Tensor(tokens.flatMap(\.self), shape: [2, 24])
            let frame = try VideoFile(path: folder.path + "/train/000000_raising_the_left_arm.mp4").frames(at: [3])
            let picture = checkpoint.preprocessing.input(frame)
            withoutGradient {
                // Half precision keeps 11 bits of each weight.
                expectClose(stored.encodeText(ids), trained.encodeText(ids), absolute: 5e-3, relative: 5e-3)
                expectClose(stored.encodeImage(picture), trained.encodeImage(picture), absolute: 5e-3, relative: 5e-3)
            }
            let card = try String(contentsOfFile: path + "/README.md", encoding: .utf8)
            #expect(card.contains("verb pretrain puppets"))
            #expect(card.contains("Parameters: \(outcome.parameters.count())"))
        }
    }

    @Test("an existing target is left alone and nothing is left beside it")
    func existing() async throws {
        try await withPuppets { folder in
            let outcome = try await run(folder) {
                $0.steps = 1; $0.warmup = 0
            }.outcome
            let models = folder.deletingLastPathComponent().appendingPathComponent("models")
            let target = models.appendingPathComponent("tiny")
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            #expect(throws: CLIPError.self) { try outcome.write(to: target.path, command: "") }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: models.path) == ["tiny"])
            let file = models.appendingPathComponent("file")
            try Data("mine".utf8).write(to: file)
            #expect(throws: CLIPError.self) { try outcome.write(to: file.path + "/below", command: "") }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: models.path).sorted() == ["file", "tiny"])
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
        }
    }

    @Test("cancelling ends the run after the step that is being made")
    func cancelled() async throws {
        try await withPuppets { folder in
            let data = try CaptionedClips(folder: folder.path, split: "train")
            let steps = Mutex(0)
            let task = Task {
                try await Pretraining(.tiny, data: data).run { report in
                    steps.withLock { $0 = report.step }
                    if report.step == 2 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(steps.withLock { $0 } == 2)
        }
    }

    @Test("a clip that cannot be read is named")
    func broken() async throws {
        try await withPuppets { folder in
            let clip = try #require(CaptionedClips(folder: folder.path, split: "train").clips.dropFirst(5).first?.path)
            try Data("no video".utf8).write(to: URL(fileURLWithPath: clip))
            let error = try await #require(throws: VideoError.self) { try await run(folder) }
            #expect(error.path == clip)
            try FileManager.default.removeItem(atPath: clip)
            let missing = try await #require(throws: VideoError.self) { try await run(folder) }
            #expect(missing == VideoError(.missingFile, path: clip, detail: missing.detail))
        }
    }

    @Test("an impossible recipe is refused before anything is read")
    func refused() async throws {
        try await withPuppets { folder in
            var recipe = PretrainingRecipe.tiny
            recipe.batch = 0
            let data = try CaptionedClips(folder: folder.path, split: "train")
            #expect(throws: TrainingError.self) { try Pretraining(recipe, data: data) }
        }
    }

    @Test("a loss that is not finite ends the run")
    func diverging() async throws {
        try await withPuppets { folder in
            let error = try await #require(throws: TrainingError.self) {
                try await run(folder) {
                    ($0.learningRate, $0.weightDecay, $0.gradientClip, $0.warmup) = (1e30, 0, 1e30, 0)
                }
            }
            guard case .diverged(let step, .loss(let loss)) = error else {
                Issue.record("\(error)")
                return
            }
            #expect((step ?? 0) > 0 && !loss.isFinite)
        }
    }
}
