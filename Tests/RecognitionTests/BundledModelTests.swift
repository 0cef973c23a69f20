import Datasets
import Foundation
import Recognition
import Testing

@Suite("The bundled model")
struct BundledModelTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Recognition/Resources/verb-tiny")

    @Test("is small enough to travel with the package")
    func size() throws {
        let file = Self.folder.appending(path: "model.safetensors")
        let bytes = try #require(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(bytes <= 6_000_000)
    }

    @Test("names what puppets do, but for the order of time")
    func puppets() async throws {
        let model = try await ModelLibrary().load(.path(Self.folder.path))
        let names = Puppets.trainingActions.map(\.name)
        let session = try await Session(model, labels: LabelSet(names))
        let plan = PuppetsPlan(seed: 99, validation: 2 * names.count)
        var hits = 0
        for index in 0..<plan.validation {
            let clip = plan.clip(index, of: .validation)
            let frames = clip.frames()
            let chosen = (0..<8).map { frames[(2 * $0 + 1) * frames.count / 16] }
            let top = try #require(try await session.classify(clip: chosen).predictions.first).label
            if top == clip.action.name || top == clip.action.partner?.name { hits += 1 }
        }
        #expect(Double(hits) / Double(plan.validation) >= 0.75)
    }
}
