import ActionModels
import CLIP
import Datasets
import Foundation
import Synchronization
import Testing
import Torch

@testable import Training

@Suite("Pretraining from a larger CLIP")
struct PretrainingTeacherTests {
    private func teacher(_ model: TinyModel) throws -> StartingPoint {
        StartingPoint(
            try ActionModelCheckpoint(path: model.checkpoint.path), tokenizer: model.tokenizer, hasOwnVocabulary: true)
    }

    private func run(
        _ folder: URL, _ teacher: PretrainingTeacher, _ change: (inout PretrainingRecipe) -> Void = { _ in }
    ) async throws -> (outcome: Pretraining.Outcome, losses: [Double]) {
        var recipe = PretrainingRecipe.tiny
        change(&recipe)
        let losses = Mutex<[Double]>([])
        let data = try CaptionedClips(folder: folder.path, split: "train")
        let outcome = try await Pretraining(recipe, data: data, teacher: teacher).run { report in
            losses.withLock { $0.append(report.loss) }
        }
        return (outcome, losses.withLock { $0 })
    }

    @Test("the first weights are the teacher's leading parts, its vocabulary is read")
    func inherits() async throws {
        try await withPuppets { folder in
            let model = try TinyModel(in: folder)
            let teacher = try PretrainingTeacher(try self.teacher(model), inherits: true)
            let (outcome, _) = try await run(folder, teacher) {
                ($0.steps, $0.warmup, $0.learningRate, $0.weightDecay) = (1, 0, 1e-12, 0)
                ($0.embedDim, $0.contextLength) = (12, 24)
            }
            #expect(outcome.vocabulary.count == model.tokenizer.vocabulary.count)
            let larger = try #require(model.checkpoint.tensors["visual.proj"]?.to(dtype: .float32))
            let own = try #require(outcome.parameters["visual.proj"])
            let distance = (own.detached() - larger.slice(0, 0..<32).slice(1, 0..<12)).abs.max()
            #expect(distance.item(Double.self) < 1e-6)
        }
    }

    @Test("similarities follow the teacher's; without its share the loss is contrastive")
    func follows() async throws {
        try await withPuppets { folder in
            let start = try teacher(try TinyModel(in: folder))
            let losses = try await run(folder, try PretrainingTeacher(start)) { $0.steps = 40 }.losses
            #expect(losses.count == 40 && losses.allSatisfy(\.isFinite))
            let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
            #expect(last < first, "\(losses)")
            let alone = try PretrainingTeacher(start, affinity: nil)
            #expect(try await run(folder, alone) { $0.steps = 2 }.losses.count == 2)
        }
    }

    @Test("a teacher that is smaller somewhere, no CLIP, or given impossible numbers is refused")
    func refused() async throws {
        try await withPuppets { folder in
            let model = try TinyModel(in: folder), start = try teacher(model)
            let wider = try PretrainingTeacher(start, inherits: true)
            await #expect(throws: TrainingError.self) {
                _ = try await run(folder, wider) { $0.visionWidth = 64 }
            }
            #expect(throws: TrainingError.self) { try PretrainingTeacher(start, affinity: AffinityLoss(alpha: 2)) }
            let blind = StartingPoint(start.checkpoint, tokenizer: nil, hasOwnVocabulary: false)
            #expect(throws: TrainingError.self) { try PretrainingTeacher(blind) }
        }
    }
}
