import Datasets
import Foundation
import Recognition
import Testing

@Suite("The bundled models")
struct BundledModelTests {
    private static func folder(_ model: BundledModel) -> URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Recognition/Resources/\(model.name)")
    }

    @Test("are small enough to travel with the package", arguments: BundledModel.allCases)
    func size(_ model: BundledModel) throws {
        let file = Self.folder(model).appending(path: "model.safetensors")
        let bytes = try #require(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(bytes <= 7_000_000)
    }

    /// What a model answers on clips of another seed than those it was made with.
    private func answers(_ bundled: BundledModel, clips: Int) async throws -> [(PuppetsAction, RecognizedClip)] {
        let model = try await ModelLibrary().load(.path(Self.folder(bundled).path))
        let session = try await Session(model, labels: LabelSet(Puppets.trainingActions.map(\.name)))
        let plan = PuppetsPlan(seed: 99, validation: clips)
        var answers: [(PuppetsAction, RecognizedClip)] = []
        for index in 0..<plan.validation {
            let clip = plan.clip(index, of: .validation)
            let frames = clip.frames()
            let chosen = (0..<8).map { frames[(2 * $0 + 1) * frames.count / 16] }
            answers.append((clip.action, try await session.classify(clip: chosen)))
        }
        return answers
    }

    @Test("name what puppets do, but for the order of time", arguments: BundledModel.allCases)
    func puppets(_ model: BundledModel) async throws {
        let answers = try await answers(model, clips: 98)
        let hits = answers.count { action, answer in
            let top = answer.predictions.first?.label
            return top == action.name || top == action.partner?.name
        }
        #expect(Double(hits) / Double(answers.count) >= 0.75)
    }

    @Test(
        "those of video tell sitting down from standing up, and most clips from what they are backwards",
        arguments: [BundledModel.video, .student])
    func order(_ model: BundledModel) async throws {
        let answers = try await answers(model, clips: 98)
        var right = 0, pairs = 0
        for (action, answer) in answers {
            guard let partner = action.partner else { continue }
            func score(_ name: String) -> Double? { answer.predictions.first { $0.label == name }?.probability }
            let isRight = try #require(score(action.name)) > (try #require(score(partner.name)))
            pairs += 1
            right += isRight ? 1 : 0
            if ["sitting down", "standing up"].contains(action.name) { #expect(isRight, "\(action.name)") }
        }
        #expect(pairs >= 60 && Double(right) / Double(pairs) >= (model == .video ? 0.85 : 0.75))
    }
}
