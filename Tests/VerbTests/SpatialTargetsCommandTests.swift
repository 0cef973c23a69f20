import ArgumentParser
import Datasets
import Foundation
import Testing
import Training

@testable import verb

/// The bundled model on clips that are rendered once.
@Suite("verb spatial-targets", .serialized)
struct SpatialTargetsCommandTests {
    private func withClips(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-spatial-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await PuppetsWriter(PuppetsPlan(seed: 5, size: 32, train: 10), to: folder).write(workers: 2)
        try await body(folder.path)
    }

    private func arguments(_ folder: String, _ more: [String] = []) -> [String] {
        ["spatial-targets", folder + "/train.txt", "--model", "verb-tiny", "--vocabulary", "puppets-spatial"]
            + ["--output", folder + "/targets", "--frames", "2", "--threads", "1"] + more
    }

    @Test("a table, the files, JSON of the same; broken videos are told")
    func whole() async throws {
        try await withClips { folder in
            let samples = try VideoList(reading: folder + "/train.txt").samples
            try Data("no video".utf8).write(to: URL(fileURLWithPath: samples[3].source.path))
            let text = try await VerbProcess.run(arguments(folder))
            #expect(text.status == 0, "\(text.errors)")
            let lines = text.output.split(separator: "\n").map(String.init)
            #expect(lines[0].hasPrefix("group") && lines.dropFirst().first?.hasPrefix("place") == true)
            #expect(lines.count == 9 && lines[7].hasPrefix("1 videos could not be read"), "\(text.output)")
            #expect(text.errors.contains("cannot be read"))
            let again = try await VerbProcess.run(arguments(folder, ["--json"]))
            let report = try JSONDecoder().decode(SpatialReport.self, from: Data(again.output.utf8))
            #expect(report.videos == 10 && report.unreadable.map(\.position) == [3] && report.groups.count == 6)
            let targets = try SpatialTargets(at: folder + "/targets", for: samples)
            #expect(targets.manifest.source.prediction.frames == 2)
            let other = try await VerbProcess.run(arguments(folder, ["--temperature", "place=0.5"]))
            #expect(other.status == 1 && other.errors.contains("temperatures"), "\(other.errors)")
        }
    }

    @Test("what cannot be done is named")
    func hostile() async throws {
        try await withClips { folder in
            let junk = folder + "/junk.json"
            try Data("{\"name\": 5}".utf8).write(to: URL(fileURLWithPath: junk))
            for (more, words) in [
                (["--vocabulary", "puppet-spatial"], "near are puppets-spatial"),
                (["--vocabulary", junk], "junk.json"),
                (["--model", "/no/model"], "/no/model"), (["--temperature", "nothing=2"], "no group"),
                (["--classes", "/no/classes.txt"], "classes.txt"), (["--output", junk + "/x"], "junk.json/x"),
            ] {
                let outcome = try await VerbProcess.run(arguments(folder, more))
                #expect(outcome.status == 1 && outcome.errors.contains(words), "\(more): \(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/targets/manifest.json"))
        }
    }

    @Test(
        "wrong usage is named and ends with 64",
        arguments: [
            [], ["--frames", "0"], ["--temperature", "x"], ["--temperature", "0"], ["--temperature", "g=-1"],
            ["--prior-correction", "2"], ["--action-mixing", "-1"], ["--target", "x"], ["--confidence", "2"],
            ["--min-support", "2"], ["--min-information", "-1"], ["--workers", "0"], ["--threads", "0"],
            ["--aggregation", "x"],
        ])
    func usage(_ more: [String]) {
        let arguments = more.isEmpty ? ["list.txt"] : ["list.txt", "--model", "m", "--output", "o"] + more
        let error = #expect(throws: (any Error).self) { try SpatialTargetsCommand.parse(arguments) }
        #expect(error.map { SpatialTargetsCommand.exitCode(for: $0).rawValue } == 64)
        #expect(error.map { SpatialTargetsCommand.message(for: $0).isEmpty } == false)
    }

    @Test("options become the library's settings")
    func settings() throws {
        let options = try SpatialPredictionOptions.parse([
            "--temperature", "2", "--temperature", "scene=0.5", "--aggregation", "mean_feature", "--target",
            "hard_confident", "--min-information", "0.1",
        ])
        let found = try options.prediction
        #expect(found.temperature == 2 && found.temperatures == ["scene": 0.5] && found.aggregation == .meanFeature)
        #expect(found.target == .hardConfident && found.minInformation == 0.1 && found.frames == 8)
        #expect(try SpatialPredictionOptions.parse([]).prediction == SpatialPrediction())
    }
}
