import Foundation
import Testing

@testable import Torch

@Suite("Checkpoint containers")
struct ContainersTests {
    struct Checkpoint: CustomTestStringConvertible {
        let url: URL
        var testDescription: String { url.pathComponents.suffix(2).joined(separator: "/") }
    }

    /// The weight files next to a `case.json`.
    static let checkpoints: [Checkpoint] = StateFileFixtures.files(named: "case.json").flatMap { file in
        let folder = file.deletingLastPathComponent()
        let content = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return content.compactMap { $0 as? URL }.filter {
            ["pt", "pth", "bin", "safetensors"].contains($0.pathExtension)
        }
        .map(Checkpoint.init)
    }

    @Test("every weight file of the fixtures is recognised and read", arguments: checkpoints)
    func read(_ checkpoint: Checkpoint) throws {
        let file = try StateFile.read(checkpoint.url.path)
        #expect(try StateFile.format(of: checkpoint.url.path) == file.format)
        if checkpoint.url.pathExtension == "safetensors" { #expect(file.format == .safetensors) }
        try file.verify()
        #expect(!weights(file).isEmpty)
    }

    @Test(
        "one model gives the same numbers from each single file that holds it",
        arguments: StateFileFixtures.cases(kind: "formats"))
    func agreement(_ folder: URL) throws {
        let description = try #require(StateFileFixtures.json(folder.appending(path: "case.json")))
        let formats: [String: StateFileFormat] = [
            "torchscript_archive": .torchScript, "torch_zip_pickle": .torchArchive, "torch_legacy_pickle": .torchLegacy,
        ]
        var reference: [String: [Float]] = [:]
        for entry in try #require(description["files"] as? [[String: Any]]) {
            guard let name = entry["path"] as? String, let format = formats[entry["format"] as? String ?? ""] else {
                continue
            }
            let file = try StateFile.read(folder.appending(path: name).path)
            #expect(file.format == format, "\(name)")
            for (key, tensor) in weights(file) {
                let key = key.hasPrefix("module.") ? String(key.dropFirst("module.".count)) : key
                let numbers = try tensor.loaded().array(of: Float.self)
                #expect(reference[key, default: numbers] == numbers, "\(name): \(key)")
                reference[key] = numbers
            }
        }
        #expect(reference.count > 10)
    }

    private func weights(_ file: StateFile) -> [(name: String, tensor: StoredTensor)] {
        let nested = ["state_dict", "model_state_dict", "model"].lazy.compactMap { file.root[$0] }.first
        return nested?.tensors ?? file.tensors
    }
}
