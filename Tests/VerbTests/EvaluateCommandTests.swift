import ActionModels
import ArgumentParser
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Training

@testable import verb

/// The bundled model on clips that are rendered once.
@Suite("verb evaluate", .serialized)
struct EvaluateCommandTests {
    private func withClips(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-evaluate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await PuppetsWriter(PuppetsPlan(seed: 5, size: 32, validation: 7, heldOut: 4), to: folder).write(workers: 2)
        try await body(folder.path)
    }

    private func figures(_ path: String) throws -> EvaluationManifest { try EvaluationManifest(contentsOf: path) }

    @Test("one, two and three processes give the same digits, and each video counts once")
    func processes() async throws {
        try await withClips { folder in
            try Data("no video".utf8).write(
                to: URL(fileURLWithPath: VideoList(reading: folder + "/validation.txt").samples[3].source.path))
            var manifests: [EvaluationManifest] = []
            for count in 1...3 {
                let path = "\(folder)/\(count).json"
                let outcomes = try await VerbProcess.run(
                    [
                        "evaluate", "--model", "verb-tiny", folder + "/validation.txt", "--among", "occurring",
                        "--manifest", path,
                    ],
                    processes: count)
                #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
                #expect(
                    outcomes[0].output.contains("7 videos, 7 classes")
                        && outcomes.dropFirst().allSatisfy(\.output.isEmpty))
                #expect(outcomes[0].output.contains("1 videos could not be read"))
                #expect(outcomes[0].errors.contains("cannot be read"))
                manifests.append(try figures(path))
            }
            for (number, manifest) in manifests.enumerated() {
                let fields = manifest.differences(from: manifests[0]).map(\.field)
                #expect(
                    Set(fields) == (number == 0 ? [] : ["environment.processes", "environment.command.8"]), "\(fields)")
                #expect(manifest.result == manifests[0].result && manifest.environment.processes == number + 1)
                #expect(manifest.lists[0].unreadable.map(\.position) == [3])
            }
        }
    }

    @Test("a manifest is run again to the same digits; a figure that differs is told and ends with 1")
    func rerun() async throws {
        try await withClips { folder in
            let path = folder + "/m.json"
            let first = try await VerbProcess.run([
                "evaluate", "--model", "verb-tiny", "--protocol", "zero-shot-splits", folder + "/validation.txt",
                folder + "/heldout.txt",
                "--manifest", path, "--report", folder + "/r.html",
            ])
            #expect(first.status == 0, "\(first.errors)")
            #expect(try String(contentsOfFile: folder + "/r.html", encoding: .utf8).contains("Most confident mistakes"))
            let bytes = FileManager.default.contents(atPath: path)
            let again = try await VerbProcess.run(["evaluate", "--rerun", path])
            #expect(again.status == 0 && again.output.contains("nothing differs"), "\(again.output) \(again.errors)")
            #expect(FileManager.default.contents(atPath: path) == bytes)
            var changed = try figures(path)
            changed.clips.resize = "nearest"
            try changed.write(to: path)
            let setting = try await VerbProcess.run(["evaluate", "--rerun", path])
            #expect(
                setting.status == 0
                    && setting.output.contains("clips.resize: \"pillow_bicubic\" instead of \"nearest\""))
            changed.result = try ProtocolResult.zeroShotFull(
                ClipScores(paths: ["a"], labels: [[0]], scores: [[1, 0]], classes: ["x", "y"]))
            try changed.write(to: path)
            let figure = try await VerbProcess.run(["evaluate", "--rerun", path])
            #expect(figure.status == 1 && figure.output.contains("result.parts."))
            changed.environment.command = ["rm", "-rf", "/"]
            try changed.write(to: path)
            let foreign = try await VerbProcess.run(["evaluate", "--rerun", path])
            #expect(foreign.status == 1 && foreign.errors.contains(path))
        }
    }

    @Test("a folder of Puppets is measured list by list, as text and as JSON")
    func puppets() async throws {
        try await withClips { folder in
            let text = try await VerbProcess.run(["evaluate", "--model", "verb-tiny", folder])
            #expect(text.status == 0, "\(text.errors)")
            let lines = text.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 10 && lines[0] == "validation: 7 clips, 7 classes")
            #expect(lines[1].hasPrefix("  order-blind top-1 ") && lines[5] == "heldout: 4 clips, 4 classes")
            struct Line: Decodable {
                let list: String
                let report: ClassificationReport
            }
            let json = try await VerbProcess.run(["evaluate", "--model", "verb-tiny", folder, "--json"])
            let found = try json.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(found.map(\.list) == ["validation", "heldout"] && found.map(\.report.videos) == [7, 4])
            #expect(lines[2] == String(format: "  top-1               %5.1f %%", 100 * found[0].report.top1))
        }
    }

    @Test("few shots from a draw, base and novel from halves, and the curve to the start")
    func drawn() async throws {
        try await withClips { folder in
            let list = folder + "/validation.txt"
            let draw = try await VerbProcess.run([
                "data", "draw", list, "--shots", "1", "--output", folder + "/one.txt",
            ])
            #expect(draw.status == 0, "\(draw.errors)")
            var options = ListOptions()
            options.classes = folder + "/one.classes.txt"
            let drawn = try VideoList(reading: folder + "/one.txt", options)
            #expect(drawn.samples.map(\.labels) == (0..<7).map { [$0] })
            let tooMany = try await VerbProcess.run([
                "data", "draw", list, "--shots", "2", "--output", folder + "/two.txt",
            ])
            #expect(tooMany.status == 1 && tooMany.errors.contains("fewer than 2 videos"))
            let halved = try await VerbProcess.run([
                "data", "halves", folder + "/one.txt", "--classes", folder + "/one.classes.txt", "--output",
                folder + "/halves",
            ])
            #expect(halved.status == 0, "\(halved.errors)")
            let names = try ["base", "novel"].map {
                try ClassList(contentsOf: "\(folder)/halves/\($0).classes.txt").names
            }
            #expect(Set(names[0]).isDisjoint(with: names[1]) && names.map(\.count) == [4, 3])
            let novel = try await VerbProcess.run([
                "evaluate", "--model", "verb-tiny", "--protocol", "few-shot", "--shots", "1", list, "--baseline",
                "verb-tiny",
            ])
            #expect(novel.status == 0 && novel.output.contains("1 shots, "), "\(novel.errors)")
            #expect(novel.output.contains("frozen CLIP: "))
            let curve = try await VerbProcess.run([
                "evaluate", "--model", "verb-tiny", list, "--among", "occurring", "--interpolate", "verb-tiny",
                "--zero-shot-list",
                folder + "/heldout.txt",
            ])
            #expect(curve.status == 0, "\(curve.errors)")
            let rows = curve.output.split(separator: "\n").drop { !$0.hasPrefix("tuned weights") }.dropFirst()
            #expect(rows.count == 11 && Set(rows.map { $0.dropFirst(13) }).count == 1)
        }
    }

    @Test("base and novel halves of a list end to end")
    func halves() async throws {
        try await withClips { folder in
            let names = try VideoList(reading: folder + "/validation.txt").classes?.names ?? []
            let folderOfHalves = folder + "/h"
            try FileManager.default.createDirectory(atPath: folderOfHalves, withIntermediateDirectories: true)
            for (name, part) in [("base", names[0..<4]), ("novel", names[4..<7])] {
                try Data(part.joined(separator: "\n").utf8).write(
                    to: URL(fileURLWithPath: "\(folderOfHalves)/\(name).classes.txt"))
            }
            let outcome = try await VerbProcess.run([
                "evaluate", "--model", "verb-tiny", "--protocol", "base-to-novel", "--halves", folderOfHalves,
                folder + "/validation.txt",
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.output.contains("base, seed 1   4 videos, 4 classes")
                    && outcome.output.contains("harmonic mean"))
        }
    }

    @Test("the folders of HMDB51 and UCF101 stand for what a protocol is about")
    func splitFolders() throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/video/annotations").path
        func parts(_ folder: String, _ method: EvaluationProtocol, _ options: [String] = []) throws -> [String] {
            let reading = try ListReadingOptions.parse(options)
            return try EvaluatedLists(reading: reading, competing: .listed).read(["\(fixtures)/\(folder)"], for: method)
                .map { "\($0.part ?? "") \($0.samples.count)" }
        }
        func count(_ split: Int, _ part: ListPart) throws -> Int {
            var options = ListOptions()
            (options.split, options.part) = (split, part)
            return try VideoList(reading: fixtures + "/hmdb", options).samples.count
        }
        let splits = try (1...3).map { "split \($0), test \(try count($0, .test))" }
        #expect(try parts("hmdb", .zeroShotSplits) == splits)
        #expect(try parts("hmdb", .zeroShotSplits, ["--split", "2"]) == [splits[1]])
        #expect(try parts("hmdb", .supervised) == [splits[0]])
        #expect(try parts("hmdb", .supervised, ["--part", "train"]) == ["split 1, train \(try count(1, .train))"])
        for method in [EvaluationProtocol.zeroShotFull, .zeroShotHalf] {
            #expect(try parts("hmdb", method) == ["all \(try count(1, .all))"])
        }
        #expect(try parts("ucf", .fewShot).count == 1)
    }

    @Test(
        "wrong usage is named and ends with 64",
        arguments: [
            [], ["l", "--rerun", "m"], ["l", "--protocol", "few-shot"], ["l", "--shots", "2"],
            ["l", "--protocol", "few-shot", "--shots", "0"], ["l", "--protocol", "few-shot", "--shots", "2,x"],
            ["l", "--protocol", "few-shot", "--shots", "1,2"], ["l", "--protocol", "base-to-novel"],
            ["l", "--halves", "h"], ["l", "--more-model", "m"], ["l", "--zero-shot-list", "z"],
            ["l", "--protocol", "base-to-novel", "--halves", "h", "--score-by", "classes"],
            ["l", "--protocol", "few-shot", "--shots", "1", "--interpolate", "m"], ["l", "--protocol", "none"],
            ["l", "--prompt", "no place"], ["l", "--frames", "0"], ["l", "--crops", "2"],
            ["l", "--sampling", "dense:0"],
            ["l", "--temporal-views", "0"], ["l", "--workers", "0"], ["l", "--timeout", "0"], ["l", "--score-by", "x"],
        ])
    func usage(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try EvaluateCommand.parse(arguments) }
        #expect(error.map { EvaluateCommand.exitCode(for: $0).rawValue } == 64)
        #expect(error.map { EvaluateCommand.message(for: $0).isEmpty } == false)
    }

    @Test("what cannot be evaluated is named before anything is computed")
    func hostile() async throws {
        try await withClips { folder in
            let list = folder + "/validation.txt", junk = folder + "/junk.txt"
            try Data([0, 255, 254, 10, 0]).write(to: URL(fileURLWithPath: junk))
            try Data("x.mp4 99\ny.mp4 0\n".utf8).write(to: URL(fileURLWithPath: folder + "/labels.txt"))
            try Data("none.mp4 0\nalso-none.mp4 1\n".utf8).write(to: URL(fileURLWithPath: folder + "/gone.txt"))
            for (arguments, words) in [
                ([junk], "junk.txt"), ([folder + "/labels.txt"], "line 1"), ([folder + "/no.txt"], "no.txt"),
                ([list, "--manifest", folder + "/no/m.json"], "no/m.json"),
                ([list, "--clips", "no-such-preset"], "no-such-preset"),
                ([list, "--model", "verb-tiny", "--score-by", "classes"], "no trained classes"),
                ([list, folder + "/heldout.txt"], "takes one"),
                ([list, "--temporal-views", "2"], "temporalViews"), ([list, "--short-side", "8"], "shortSide"),
                ([list, "--model", folder + "/none"], "none"), (["--rerun", junk], "junk.txt"),
                ([list, "--baseline", folder + "/none"], "none"), ([list, "--interpolate", folder + "/none"], "none"),
            ] {
                let outcome = try await VerbProcess.run(["evaluate"] + arguments)
                #expect(outcome.status == 1 && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
            }
            let gone = try await VerbProcess.run(["evaluate", "--model", "verb-tiny", folder + "/gone.txt"])
            #expect(
                gone.status == 0 && gone.output.contains("top-1 0.0 %") && gone.output.contains("2 videos could not"))
        }
    }
}
