import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Testing
import Torch

@testable import verb

@Suite("Commands on files of video models")
struct VideoModelCommandTests {
    private static let clip = CLIPConfiguration(
        embedDim: 64,
        vision: VisionConfiguration(
            imageSize: 16, patchSize: 8, blocks: TransformerConfiguration(width: 64, layers: 2, heads: 1)),
        text: TextConfiguration(
            contextLength: 8, vocabularySize: 30,
            blocks: TransformerConfiguration(width: 64, layers: 2, heads: 1)),
        activation: .quickGELU)
    private static let classes = ["waving", "bowing", "jumping"]

    /// A folder with the checkpoint of an M2-CLIP's trained tensors, the CLIP below and the names of classes.
    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-commands-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TorchThread.run {
            let clip = try Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, Self.clip) }.parameters
            try StateFile.writeTorch(.tensors(clip.tensors), to: folder + "/clip.pt")
            let sizes = M2CLIPConfiguration(clip: Self.clip, frames: 4, classes: 3, labelWords: 5)
            let model = try M2CLIP.adapting(clip.tensors, sizes, path: folder).parameters
            let value = try #require(ActionModelConfiguration.m2CLIP(sizes).released(model.tensors))
            try StateFile.writeTorch(value, to: folder + "/trained.pth")
        }
        try Data((Self.classes.joined(separator: "\n") + "\n").utf8).write(
            to: URL(fileURLWithPath: folder + "/classes.txt"))
        try await body(folder)
    }

    private func inspect(_ path: String, backbone: String? = nil) async throws -> String? {
        let options = ActionModelOptions(clip: CheckpointOptions(activation: .quickGELU), backbone: backbone)
        return try await TorchThread.run { try VideoModelInspection(path: path, options: options).facts()?.text }
    }

    @Test("trained tensors alone are described, with what is missing")
    func partial() async throws {
        try await inFolder { folder in
            let text = try #require(try await inspect(folder + "/trained.pth"))
            for part in ["M2-CLIP", "trained tensors only", "mlm_adapter", "--backbone"] {
                #expect(text.contains(part), "\(text)")
            }
            let whole = try #require(try await inspect(folder + "/trained.pth", backbone: folder + "/clip.pt"))
            for part in ["8 frames of 16 px", "TED adapters", "names not beside it", "GMAC a clip"] {
                #expect(whole.contains(part), "\(whole)")
            }
            #expect(try await inspect(folder + "/clip.pt") == nil)
        }
    }

    @Test("a checkpoint becomes a directory and a checkpoint again")
    func convert() async throws {
        try await inFolder { folder in
            func run(_ arguments: String...) async throws { try await ConvertCommand.parse(arguments).run() }
            try await run(
                folder + "/trained.pth", folder + "/model", "--backbone", folder + "/clip.pt", "--frames", "4",
                "--labels-file", folder + "/classes.txt", "--activation", "quick_gelu")
            let text = try #require(try await inspect(folder + "/model"))
            #expect(text.contains("3, named in labels.txt") && text.contains("4 frames of 16 px"))
            try await run(folder + "/model", folder + "/again.pth", "--layout", "released")
            let (first, second) = try await TorchThread.run {
                (
                    try ReleasedCheckpoint(path: folder + "/trained.pth")?.tensors ?? [:],
                    try ReleasedCheckpoint(path: folder + "/again.pth")?.tensors ?? [:]
                )
            }
            #expect(!first.isEmpty && Set(first.keys) == Set(second.keys))
            for (name, tensor) in first { #expect(second[name]?.array(of: Float.self) == tensor.array(of: Float.self)) }
        }
    }

    @Test("all names that do not fit are told")
    func misfits() async throws {
        try await inFolder { folder in
            try await TorchThread.run {
                var tensors = try #require(try ReleasedCheckpoint(path: folder + "/trained.pth")).tensors
                for name in tensors.keys where name.contains(".fc2.") { tensors[name] = nil }
                tensors["visual.adapter_fc.more"] = .zeros([1])
                try StateFile.writeTorch(.dictionary([(.string("model"), .tensors(tensors))]), to: folder + "/less.pth")
            }
            do {
                _ = try await inspect(folder + "/less.pth", backbone: folder + "/clip.pt")
                Issue.record("nothing was thrown")
            } catch {
                let lines = "\(error)".split(separator: "\n")
                #expect(lines.count { $0.hasPrefix("missing: ") } > 8, "\(error)")
                #expect(lines.contains("not part of the model: visual.adapter_fc.more"), "\(error)")
            }
        }
    }

    @Test(
        "what cannot be converted is an error and leaves nothing",
        arguments: [
            ["trained.pth", "out"], ["trained.pth", "out", "--backbone", "clip.pt", "--layout", "huggingface"],
            ["trained.pth", "out", "--backbone", "none.pt"], ["clip.pt", "out", "--layout", "released"],
            ["clip.pt", "out", "--labels-file", "classes.txt"], ["clip.pt", "out", "--backbone", "clip.pt"],
            ["trained.pth", "classes.txt", "--backbone", "clip.pt", "--layout", "released"],
            ["trained.pth", "out", "--backbone", "clip.pt", "--image-size", "32"],
            ["trained.pth", "out", "--backbone", "clip.pt", "--layout", "released", "--labels-file", "classes.txt"],
            ["trained.pth", "out", "--backbone", "clip.pt", "--decoder-heads", "0"],
        ])
    func refused(_ arguments: [String]) async throws {
        try await inFolder { folder in
            let names = ["trained.pth", "clip.pt", "classes.txt", "none.pt", "out"]
            let full = arguments.map { names.contains($0) ? folder + "/" + $0 : $0 } + ["--activation", "quick_gelu"]
            await #expect(throws: (any Error).self) { try await ConvertCommand.parse(full).run() }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(left == ["classes.txt", "clip.pt", "trained.pth"])
            let listed = try String(contentsOfFile: folder + "/classes.txt", encoding: .utf8)
            #expect(listed.hasPrefix("waving"))
        }
    }
}
