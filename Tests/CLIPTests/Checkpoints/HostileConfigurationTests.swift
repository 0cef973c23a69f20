import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Video

@Suite("Configurations and names that lie")
struct HostileConfigurationTests {
    private func folder(_ configuration: String, named name: String) throws -> URL {
        let fixture = try #require(Fixture.own("clip", "small_heads"))
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let isHuggingFace = name == "config.json"
        let weights = isHuggingFace ? "model.safetensors" : "open_clip_model.safetensors"
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: fixture.path((isHuggingFace ? "hf/" : "openclip/") + weights)),
            to: folder.appending(path: weights))
        try Data(configuration.utf8).write(to: folder.appending(path: name))
        return folder
    }

    @Test(
        "huge, zero, negative and contradictory sizes are refused without being allocated",
        arguments: [
            #"{"model_type": "clip"}"#,
            #"{"model_type": "clip", "vision_config": {"hidden_size": 32768, "num_attention_heads": 1}}"#,
            #"{"model_type": "clip", "vision_config": {"image_size": 8192, "patch_size": 1, "hidden_size": 65536, "num_attention_heads": 1}}"#,
            #"{"model_type": "clip", "vision_config": {"hidden_size": 0}}"#,
            #"{"model_type": "clip", "vision_config": {"num_hidden_layers": -1}}"#,
            #"{"model_type": "clip", "vision_config": {"patch_size": 0}}"#,
            #"{"model_type": "clip", "text_config": {"vocab_size": 9000000}}"#,
            #"{"model_type": "clip", "text_config": {"hidden_act": "gelu"}}"#,
            #"{"model_type": "clip", "text_config": {"layer_norm_eps": 1e-6}}"#,
            #"{"model_type": "clip", "text_config": {"eos_token_id": -3}}"#,
            #"{"format": "verb", "version": 1, "kind": "clip"}"#, #"{"format": "verb"}"#, "[]", "{}", "",
        ])
    func huggingFace(_ json: String) throws {
        let folder = try folder(json, named: "config.json")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: folder.path).model() }
    }

    @Test(
        "configurations that are folders, endless devices or too large are refused",
        arguments: ["config.json", "open_clip_config.json"])
    func endless(_ name: String) throws {
        let folder = try folder("{}", named: name), file = folder.appending(path: name).path
        defer { try? FileManager.default.removeItem(at: folder) }
        func expectRefusal() {
            let error = #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: folder.path) }
            #expect(error?.description.contains("it cannot be read, is no file, or is larger than 64 MiB") ?? false)
            #expect(throws: CLIPError.self) {
                try ModelDirectory.read(CLIPConfiguration.self, kind: "clip", from: file)
            }
            #expect((try? ModelDirectory.kind(of: folder.path)) == .some(nil))
        }
        let files = FileManager.default
        try files.removeItem(atPath: file)
        try files.createSymbolicLink(atPath: file, withDestinationPath: "/dev/zero")
        expectRefusal()
        try files.removeItem(atPath: file)
        try files.createDirectory(atPath: file, withIntermediateDirectories: false)
        expectRefusal()
        try files.removeItem(atPath: file)
        try #require(files.createFile(atPath: file, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.truncate(atOffset: 65 << 20)
        expectRefusal()
    }

    @Test(
        "features of open_clip that Verb lacks are refused by name",
        arguments: [
            (#""vision_cfg": {"ls_init_value": 0.1}, "text_cfg": {}"#, "ls_init_value"),
            (#""vision_cfg": {"timm_model_name": "vit"}, "text_cfg": {}"#, "timm_model_name"),
            (#""vision_cfg": {"layers": [3, 4, 6, 3]}, "text_cfg": {}"#, "ResNet"),
            (#""vision_cfg": {}, "text_cfg": {"no_causal_mask": true}"#, "no_causal_mask"),
            (#""vision_cfg": {}, "text_cfg": {"scale_fc": true}"#, "scale_fc"),
            (#""vision_cfg": {"norm_kwargs": {"eps": 1e-6}}, "text_cfg": {}"#, "norm_kwargs"),
            (#""vision_cfg": {"pool_type": "avg"}, "text_cfg": {}"#, "pool_type"),
        ])
    func openCLIP(_ body: String, _ feature: String) throws {
        let folder = try folder(#"{"model_cfg": {"embed_dim": 24, \#(body)}}"#, named: "open_clip_config.json")
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: folder.path).model() }
        let message = String(describing: try #require(error))
        #expect(message.contains(feature), "\(message)")
    }

    @Test("a name with and without its prefix is a contradiction")
    func twins() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        var tensors = try Parameters.build(.random()) { CLIPModel($0, .tiny) }.parameters.tensors
        tensors["text.token_embedding.weight"] = tensors["token_embedding.weight"]
        try StateFile.write(tensors, to: file.path)
        let options = CheckpointOptions(activation: .gelu)
        #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: file.path, options: options) }
    }

    @Test("positions that do not fit the configuration are not resized")
    func resized() throws {
        let fixture = try #require(Fixture.own("clip", "small_heads"))
        let configuration = try String(contentsOfFile: fixture.path("openclip/open_clip_config.json"), encoding: .utf8)
            .replacingOccurrences(of: "\"image_size\": 12", with: "\"image_size\": 16")
        let folder = try folder(configuration, named: "open_clip_config.json")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: CLIPError.self) { try CLIPCheckpoint(path: folder.path).resized(imageSize: 20) }
    }

    @Test("values too large for half precision are not written")
    func overflow() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        var tensors = try Parameters.build(.random()) { CLIPModel($0, .tiny) }.parameters.tensors
        tensors["logit_scale"] = Tensor(Float(70_000)).to(dtype: .float16)
        #expect(throws: CLIPError.self) {
            try ModelDirectory.write(
                to: path, configuration: .tiny, preprocessing: Preprocessing(imageSize: 8), tensors: tensors)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("the longest side may decide, the rest is black")
    func longest() {
        var preprocessing = Preprocessing(imageSize: 8)
        preprocessing.resizeMode = .longest
        let frame = Frame(width: 16, height: 8, pixels: Array(repeating: 200, count: 16 * 8 * 3))
        let prepared = preprocessing.prepared(frame)
        let rows = (0..<8).map { prepared.pixels[$0 * 24] }
        #expect(rows == [0, 0, 200, 200, 200, 200, 0, 0])
    }
}
