import Foundation
import Testing
import Training

@Suite("Broken videos in training runs", .serialized)
struct TrainBrokenVideosTests {
    private static let settings: [String] = [
        "lists.train.path=data/train-broken.txt", "lists.validation.path=data/validation-broken.txt",
        "recipe.epochs=2", "run.checkpointEvery=2", "model.dropout=0",
    ]

    /// Lists with one video each that is none; of training so long that it is a small share.
    private func writeLists(_ world: TrainingWorld) throws {
        try world.write("no video", to: "data/broken.mp4")
        let train = try world.lines(of: "data/train.txt"), validation = try world.lines(of: "data/validation.txt")
        try world.write(
            (train + train + train.dropLast() + ["broken.mp4 3"]).joined(separator: "\n") + "\n",
            to: "data/train-broken.txt")
        try world.write(
            (["gone.mp4 3"] + validation).joined(separator: "\n") + "\n", to: "data/validation-broken.txt")
    }

    @Test("they are counted, named once in log, report and errors, on one process and two, killed or not")
    func listed() async throws {
        try await TrainingWorld.with { world in
            try writeLists(world)
            func arguments(_ output: String) throws -> [String] {
                try world.arguments("st-adapter", to: output, Self.settings)
            }
            let one = try await world.run(try arguments("one"))
            let two = try await world.runTwice(try arguments("two"))
            try await world.runKilled(try arguments("killed"), at: [4, 9], output: "killed")
            try world.expectSame("one", "killed")
            #expect(one.errors.components(separatedBy: "cannot be read: ").count == 2)
            #expect(two[0].errors.contains("broken.mp4") && !two[1].errors.contains("cannot be read"))
            for output in ["one", "two", "killed"] { try check(output, world) }
            let losses = try (world.losses("one"), world.losses("two"))
            try #require(losses.0.count == 14 && losses.1.count == 14)
            for (a, b) in zip(losses.0, losses.1) { #expect(abs(a - b) < 1e-5 * max(1, abs(b))) }
            #expect(one.output.contains("; 1 videos could not be read and count as wrong"))
        }
    }

    private func check(_ output: String, _ world: TrainingWorld) throws {
        let log = try world.log(output), place = "\(world.folder.path)/\(output)"
        #expect(log.compactMap { $0.scalars["train/skipped"] } == [1, 2])
        let named = log.filter { $0.values["train/skipped_video"] != nil }
        #expect(named.map(\.step) == [7])
        let report = try String(contentsOfFile: place + "/report.html", encoding: .utf8)
        #expect(report.contains("2 could not be used") && report.contains("broken.mp4") && report.contains("gone.mp4"))
        let card = try String(contentsOfFile: place + "/last/README.md", encoding: .utf8)
        #expect(card.contains("7 videos") && card.contains("1 could not be read and count as wrong"))
    }
}
