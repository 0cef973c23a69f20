import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("Model directories")
struct ModelDirectoryTests {
    @Test("a model written in a layout is read back the same", arguments: ModelDirectory.Layout.allCases)
    func roundTrip(_ layout: ModelDirectory.Layout) throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for fixture in Fixture.all("clip", "small_heads") {
            let first = try CLIPCheckpoint(path: fixture.path("hf"))
            let path = folder + "/" + UUID().uuidString
            try ModelDirectory.write(
                to: path, layout: layout, configuration: first.configuration, preprocessing: first.preprocessing,
                tensors: try first.model().parameters.tensors, card: "# A model\n")
            let second = try CLIPCheckpoint(path: path)
            #expect(second.configuration.vision == first.configuration.vision)
            #expect(second.configuration.text.blocks == first.configuration.text.blocks)
            #expect(Set(second.tensors.keys) == Set(first.tensors.keys))
            for (name, tensor) in first.tensors {
                expectClose(try #require(second.tensors[name]), tensor, absolute: 0, relative: 0, name)
            }
        }
    }

    @Test("a pruned model round-trips in Verb's layout and is refused by the others")
    func pruned() throws {
        for fixture in Fixture.all("clip", "tinyclip_auto") {
            let folder = temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            struct Case: Decodable { let file: String }
            let first = try CLIPCheckpoint(path: fixture.path(try fixture.decode(Case.self).file))
            func write(_ layout: ModelDirectory.Layout) throws {
                try ModelDirectory.write(
                    to: "\(folder)/\(layout)", layout: layout, configuration: first.configuration,
                    preprocessing: first.preprocessing, tensors: first.tensors)
            }
            try write(.verb)
            #expect(try CLIPCheckpoint(path: folder + "/verb").configuration == first.configuration)
            #expect(throws: CLIPError.self) { try write(.openCLIP) }
            #expect(throws: CLIPError.self) { try write(.huggingFace) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["verb"], "nothing half-written")
        }
    }

    @Test("an existing folder is never overwritten")
    func existing() throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = CLIPConfiguration.tiny
        let parameters = try Parameters.build(.random()) { CLIPModel($0, configuration) }.parameters
        #expect(throws: CLIPError.self) {
            try ModelDirectory.write(
                to: folder, configuration: configuration, preprocessing: Preprocessing(imageSize: 8),
                tensors: parameters.tensors)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test(
        "rectangular pictures have no place in the others' layouts",
        arguments: [ModelDirectory.Layout.openCLIP, .huggingFace])
    func rectangle(_ layout: ModelDirectory.Layout) throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = CLIPConfiguration.tiny
        configuration.vision.imageHeight = 4
        let parameters = try Parameters.build(.random()) { CLIPModel($0, configuration) }.parameters
        let error = #expect(throws: CLIPError.self) {
            try ModelDirectory.write(
                to: folder + "/m", layout: layout, configuration: configuration,
                preprocessing: Preprocessing(imageSize: 8), tensors: parameters.tensors)
        }
        #expect(error?.description.contains("not square") ?? false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "nothing half-written")
    }

    @Test("folders that hold no model say what is missing")
    func notAModel() throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func message(_ path: String) throws -> String {
            String(describing: try #require(#expect(throws: CLIPError.self) { try CLIPCheckpoint(path: path) }))
        }
        #expect(try message(folder + "/nowhere").contains("no such file"))
        #expect(try message(folder).contains("config.json"))
        try Data(#"{"model_type": "bert"}"#.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
        #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: folder) }
        try Data(#"{"model_type": "clip"}"#.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
        #expect(try message(folder).contains("model.safetensors"))
    }

    private func temporaryFolder() -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

extension CLIPConfiguration {
    /// A CLIP that is built in a moment.
    static let tiny = CLIPConfiguration(
        embedDim: 16,
        vision: VisionConfiguration(
            imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
        text: TextConfiguration(
            contextLength: 9, vocabularySize: 30, blocks: TransformerConfiguration(width: 8, layers: 2, heads: 2)),
        activation: .quickGELU)
}
