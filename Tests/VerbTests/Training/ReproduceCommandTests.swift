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

    @Test("the suite of distillation: a small CLIP, teachers, students, latencies and a picture")
    func distillation() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reproduce-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func arguments(_ rows: String...) -> [String] {
            ["reproduce", "--suite", "distillation", "--seeds", "1", "--work", "runs", "--output", "results"]
                + ["--train", "49", "--test", "49", "--held-out", "20", "--threads", "1", "--student-steps", "2"]
                + ["--latency-runs", "2", "--no-full-size", "--set", "recipe.epochs=1", "--only"] + rows
        }
        let early = try await VerbProcess.run(arguments("c4"), in: folder)
        #expect(early.status == 1 && early.errors.contains("run --only c0 --seeds 1 first"), "\(early.errors)")
        // What all rows need is there, whichever came first.
        for file in ["small/config.json", "small.json", "spatial-targets/manifest.json"] {
            #expect(FileManager.default.fileExists(atPath: "\(folder.path)/runs/\(file)"), "\(file)")
        }
        let first = try await VerbProcess.run(arguments("c0", "c4", "c6", "c8"), in: folder)
        try #require(first.status == 0, "\(first.errors)")
        let data = try Data(contentsOf: folder.appending(path: "results/distillation.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let rows = try #require(file["results"] as? [[String: Any]])
        #expect(rows.map { $0["id"] as? String } == ["c0", "c4", "c6", "c8"])
        #expect(rows[0]["fusions"] == nil && (rows[1]["fusions"] as? [String: Double])?.count == 5)
        let measured = try #require(file["latencies"] as? [String: Any])
        #expect((measured["rows"] as? [[String: Any]])?.count == 4 && measured["threads"] as? Int == 1)
        let page = try String(contentsOf: folder.appending(path: "results/distillation.md"), encoding: .utf8)
        #expect(page.contains("| **C4** I + III, hard | small | – | 2 | hard |") && page.contains("C6: "))
        #expect(FileManager.default.fileExists(atPath: folder.path + "/results/distillation.svg"))

        let again = try await VerbProcess.run(arguments("c4", "c8") + ["--no-latency"], in: folder)
        try #require(again.status == 0, "\(again.errors)")
        #expect(!again.errors.contains("step") && again.output.contains("c8 seed 1"))
        let kept = try Data(contentsOf: folder.appending(path: "results/distillation.json"))
        let table = try #require(try JSONSerialization.jsonObject(with: kept) as? [String: Any])
        #expect(((table["latencies"] as? [String: Any])?["rows"] as? [[String: Any]])?.count == 4)
        #expect((table["results"] as? [[String: Any]])?.count == 4)

        let longer = try await VerbProcess.run(
            arguments("c6").map { $0 == "2" ? "3" : $0 } + ["--no-latency"], in: folder)
        #expect(longer.status == 1 && longer.errors.contains("a small CLIP of 2 steps"), "\(longer.errors)")
        let trained = try await VerbProcess.run(arguments("c6") + ["--student", "runs/c0/seed-1/last"], in: folder)
        #expect(trained.status == 1 && trained.errors.contains("students start from a CLIP"), "\(trained.errors)")
    }
}
