import Foundation
import Testing
import Training

@Suite("verb reproduce")
struct ReproduceCommandTests {
    private static let arguments = [
        "reproduce", "--only", "frozen", "linear-probe", "--seeds", "1", "2", "--work", "runs", "--output", "results",
        "--train", "49", "--test", "49", "--held-out", "20", "--threads", "1", "--set", "recipe.epochs=1",
    ]

    private func results(_ folder: URL) throws -> [[String: Any]] {
        let data = try Data(contentsOf: folder.appending(path: "results/puppets.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(file["results"] as? [[String: Any]])
    }

    @Test("writes the table, keeps what is done, and refuses to mix other settings in")
    func rows() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reproduce-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let first = try await VerbProcess.run(Self.arguments, in: folder)
        try #require(first.status == 0, "\(first.errors)")
        let rows = try results(folder)
        #expect(rows.map { $0["id"] as? String } == ["frozen", "linear-probe", "linear-probe"])
        #expect(rows.map { $0["seed"] as? Int } == [0, 1, 2])
        let page = try String(contentsOf: folder.appending(path: "results/puppets.md"), encoding: .utf8)
        #expect(page.contains("| linear probe |") && page.contains("49 clips to train on"))

        let again = try await VerbProcess.run(Self.arguments, in: folder)
        try #require(again.status == 0, "\(again.errors)")
        #expect(again.output == first.output && !again.errors.contains("step"))

        let part = Self.arguments.filter { $0 != "linear-probe" }
        let partly = try await VerbProcess.run(part, in: folder)
        #expect(partly.status == 0, "\(partly.errors)")
        #expect(try results(folder).count == 3, "a part that is run again does not make the table smaller")

        let otherRecipe = try await VerbProcess.run(Self.arguments + ["--set", "recipe.learningRate=1e-3"], in: folder)
        #expect(otherRecipe.status == 1 && otherRecipe.errors.contains("another recipe"), "\(otherRecipe.errors)")

        var fewer = Self.arguments
        if let place = fewer.firstIndex(of: "--held-out") { fewer[place + 1] = "10" }
        let otherWorld = try await VerbProcess.run(fewer, in: folder)
        #expect(otherWorld.status == 1 && otherWorld.errors.contains("test"), "\(otherWorld.errors)")
        #expect(try results(folder).count == 3)
    }
}
