import Foundation
import Testing

@testable import Torch

@Suite("Checkpoint containers")
struct ContainersTests {
    struct Checkpoint: CustomTestStringConvertible {
        let url: URL
        var testDescription: String { url.pathComponents.suffix(2).joined(separator: "/") }
    }

    /// The weight files next to a `case.json`; `tensors.safetensors` holds the case's numbers.
    static let checkpoints: [Checkpoint] = StateFileFixtures.files(named: "case.json").flatMap { file in
        let folder = file.deletingLastPathComponent()
        let content = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return content.compactMap { $0 as? URL }.filter {
            ["pt", "pth", "bin", "safetensors"].contains($0.pathExtension)
        }
        .map(Checkpoint.init)
    }
    .sorted { $0.url.path < $1.url.path }

    @Test("every weight file of the fixtures is recognised and read", arguments: checkpoints)
    func read(_ checkpoint: Checkpoint) throws {
        let file = try StateFile.read(checkpoint.url.path)
        #expect(try StateFile.format(of: checkpoint.url.path) == file.format)
        let name = checkpoint.url.lastPathComponent
        if name.hasSuffix(".safetensors") { #expect(file.format == .safetensors) }
        if name.contains("torchscript") { #expect(file.format == .torchScript) }
        if name.contains("legacy") { #expect(file.format == .torchLegacy) }
        try file.verify()
        let nested = ["state_dict", "model_state_dict", "model"].lazy.compactMap { file.root[$0] }.first
        #expect(!file.tensors.isEmpty || nested?.tensors.isEmpty == false)
    }

    @Test(
        "the same model gives the same tensors from each container",
        arguments: Set(checkpoints.map { $0.url.deletingLastPathComponent() })
            .filter { FileManager.default.fileExists(atPath: $0.appending(path: "openai_torchscript.pt").path) })
    func agreement(_ folder: URL) throws {
        func weights(_ name: String) throws -> [String: StoredTensor] {
            let tensors = try StateFile.read(folder.appending(path: name).path).tensors
            return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
        }
        let script = try weights("openai_torchscript.pt")
        #expect(script["visual.conv1.weight"]?.shape.count == 4)
        #expect(script["input_resolution"]?.shape == [])
        for name in ["openai_state_dict.pt", "openai_state_dict_legacy.pt"] {
            let other = try weights(name)
            for (key, tensor) in other {
                let twin = try #require(script[key], "\(name): \(key)")
                #expect(twin.shape == tensor.shape, "\(name): \(key)")
                guard twin.dtype == tensor.dtype else { continue }  // some hold the whole model in fp16
                #expect(try twin.bytes() == tensor.bytes(), "\(name): \(key)")
            }
        }
    }
}
