import ActionModels
import Foundation
import Testing
import Training

@Suite("Manifests of evaluations")
struct EvaluationManifestTests {
    private func manifest() throws -> EvaluationManifest {
        let result = try ProtocolResult.zeroShotFull(table([[3, 1], [2, 1]], [0, 1]))
        var manifest = EvaluationManifest(result)
        manifest.baseline = result
        var list = EvaluationManifest.Videos()
        (list.labelRule, list.classes, list.labels) = ("camel", ["ApplyMakeup", "b"], ["Apply Makeup", "b"])
        list.list = "lists/é \"x\".txt"
        (list.listDigest, list.classesDigest, list.part, list.indicesDigest) = ("12", "34", "split 1", "56")
        list.unreadable = [UnreadableVideo(path: "p", reason: "r", labels: [1], position: 3)]
        manifest.lists = [list]
        (manifest.clips.decoder, manifest.clips.sampling) = ("ffmpeg 5", "uniform")
        (manifest.clips.frames, manifest.clips.temporalViews, manifest.clips.crops) = (8, 1, 3)
        (manifest.clips.crop, manifest.clips.resize, manifest.clips.shortSide) = ("centre", "bicubic", 224)
        (manifest.clips.width, manifest.clips.height) = (224, 224)
        (manifest.clips.mean, manifest.clips.std) = ([0.1, 0.2, 0.3], [1 / 3.0, 1e-7, 1])
        var model = EvaluationManifest.Model()
        (model.path, model.kind, model.weightsDigest) = ("m", "clip", "78")
        (model.activation, model.precision) = ("quick_gelu", "float32")
        (model.templates, model.ensemble, model.logitScale) = (["a {}", "the {}"], .features, 100)
        (manifest.models, manifest.baselineModel) = ([model], model)
        manifest.environment.command = ["verb", "evaluate"]
        (manifest.environment.verb, manifest.environment.libTorch, manifest.environment.ffmpeg) = ("1", "2", "3")
        (manifest.environment.device, manifest.environment.threads) = ("cpu", 2)
        return manifest
    }

    @Test("a manifest survives its file, whose bytes follow from it")
    func roundTrip() throws {
        try withFolder { folder in
            let manifest = try manifest(), path = folder + "/evaluation.json"
            try manifest.write(to: path)
            let back = try EvaluationManifest(contentsOf: path)
            #expect(back == manifest && back.differences(from: manifest).isEmpty)
            let bytes = FileManager.default.contents(atPath: path)
            try back.write(to: path)
            #expect(FileManager.default.contents(atPath: path) == bytes)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["evaluation.json"])
        }
    }

    @Test("every change is named, with both values")
    func differences() throws {
        let manifest = try manifest()
        var other = manifest
        other.clips.resize = "bilinear"
        other.lists[0].labels[1] = "c"
        other.models[0].interpolation = 0.5
        other.result = try ProtocolResult.zeroShotFull(table([[3, 1], [1, 2]], [0, 1]))
        let differences = manifest.differences(from: other)
        let settings = differences.filter { !$0.isOutcome }
        #expect(settings.map(\.field) == ["clips.resize", "lists.0.labels.1", "models.0.interpolation"])
        #expect(settings[0].description == "clips.resize: \"bicubic\" instead of \"bilinear\"")
        #expect(settings[2].value == nil && settings[2].other == "0.5")
        #expect(
            differences.contains { $0.field == "result.parts.0.report.top1" && $0.value == "0.5" && $0.other == "1.0" })
    }

    @Test("a manifest that leaves something unsaid is not written")
    func unstated() throws {
        let complete = try manifest()
        #expect(complete.unstated.isEmpty)
        let changes: [(String, (inout EvaluationManifest) -> Void)] = [
            ("lists.0.labelRule", { $0.lists[0].labelRule = "" }), ("lists.0.labels", { $0.lists[0].labels = ["one"] }),
            ("lists.0.listDigest", { $0.lists[0].listDigest = "" }),
            ("lists.0.indicesDigest", { $0.lists[0].indicesDigest = "" }), ("baselineModel", { $0.baseline = nil }),
            ("clips.crops", { $0.clips.crops = 0 }), ("clips.mean and std", { $0.clips.std = [] }),
            ("models.0.weightsDigest", { $0.models[0].weightsDigest = "" }),
            ("models.0.templates", { $0.models[0].templates = [] }),
            ("environment.command", { $0.environment.command = [] }),
            ("models.0.startDigest", { $0.models[0].interpolation = 0.5 }),
            ("environment.threads", { $0.environment.threads = 0 }),
        ]
        for (name, change) in changes {
            var changed = complete
            change(&changed)
            #expect(changed.unstated == [name])
        }
        var empty = EvaluationManifest(complete.result)
        let path = FileManager.default.temporaryDirectory.appending(path: "never-\(UUID().uuidString)").path
        #expect(throws: TrainingError.self) { try empty.write(to: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
        empty = complete
        #expect(throws: TrainingError.self) { try empty.write(to: "/no/such/folder/x.json") }
    }

    @Test("files that are no manifests are refused", arguments: ["", "{}", "[]", "\u{0}", "{\"format\":\"other\"}"])
    func refused(_ text: String) throws {
        try withFolder { folder in
            let path = folder + "/m.json"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: TrainingError.self) { try EvaluationManifest(contentsOf: path) }
            #expect(error?.description.hasPrefix(path) == true)
        }
        #expect(throws: TrainingError.self) { try EvaluationManifest(contentsOf: "/no/such/file") }
    }

    @Test("another version, or a result without parts, is refused")
    func versions() throws {
        try withFolder { folder in
            let path = folder + "/m.json"
            try manifest().write(to: path)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for (old, new) in [("\"version\" : 1", "\"version\" : 2"), ("verb-evaluation", "verb-other")] {
                #expect(text.contains(old))
                try Data(text.replacing(old, with: new).utf8).write(to: URL(fileURLWithPath: path))
                #expect(throws: TrainingError.self) { try EvaluationManifest(contentsOf: path) }
            }
        }
    }

    @Test("the digest of frames tells views, videos and orders apart")
    func digest() {
        let lists: [[(path: String, views: [[Int]])]] = [
            [("a", [[1, 2], [3]])], [("a", [[1], [2, 3]])], [("a", [[1, 2, 3]])], [("a", [[1, 2]]), ("3", [])],
            [("b", [[1, 2], [3]])], [("a", [[2, 1], [3]])], [], [("a", [])], [("a", []), ("a", [])],
            [("a \n1:a", [])],
        ]
        #expect(Set(lists.map(FrameIndexDigest.sha256)).count == lists.count)
        #expect(FrameIndexDigest.sha256(of: lists[0]).count == 64)
    }
}
