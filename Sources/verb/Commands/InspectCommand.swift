import ArgumentParser
import CLIP
import Foundation
import Torch
import Training
import Video

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a checkpoint, a model directory, a video or a preset is.",
        discussion: """
            Of models: format, architecture, parameters by part, multiply-accumulate operations. Of videos: container, \
            codec, size, frames, times, problems; --verify decodes every frame. Of presets: parameters, trained \
            parameters and multiply-accumulate operations of each part, computed without weights.

            EXAMPLES
              verb inspect ViT-B-16.pt
              verb inspect checkpoint-11.pth --backbone ViT-B-16.pt
              verb inspect --preset m2clip-b16-12x384-k400
              verb inspect clip.mp4 --verify --json
            """)

    @Argument(help: "The path of a file or directory.")
    var path: String?

    @Option(
        help: ArgumentHelp("A preset instead: the name of a bundled one, or a file.", valueName: "name|file.yaml"))
    var preset: String?

    @Flag(help: "List the bundled presets instead.")
    var presets = false

    @OptionGroup var video: VideoModelOptions

    @Option(help: "Frames of a clip, where the weights of a video model do not tell it.")
    var frames: Int?

    @Flag(help: "Decode every frame of a video, read every weight of a model.")
    var verify = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard [path != nil, preset != nil, presets].count(where: \.self) == 1 else {
            throw ValidationError("Name a path, or a preset with --preset, or list them with --presets.")
        }
        if let frames, !(1...1024).contains(frames) { throw ValidationError("--frames must be 1 to 1024.") }
        guard path != nil || !verify else { throw ValidationError("--verify is for files, not for presets.") }
    }

    func run() async throws {
        if presets {
            let all = try Preset.all()
            print(json ? try PresetFormat.jsonLines(all) : PresetFormat.list(all))
        } else if let preset {
            let found = try Preset.find(preset)
            print(json ? try PresetFormat.json(found) : PresetFormat.text(found))
        } else if let path {
            let facts = try await facts(path)
            try Task.checkCancellation()
            print(json ? try facts.json() : facts.text)
        }
    }

    private func facts(_ path: String) async throws -> Facts {
        let command = self
        return switch try Kind(of: path) {
        case .model: try await TorchThread.run { try command.modelFacts(path) }
        case .tensors(let format): try await TorchThread.run { try command.tensorFacts(path, format) }
        case .video: try videoFacts(path)
        }
    }

    private enum Kind {
        case model, video
        case tensors(StateFileFormat)

        init(of path: String) throws {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw ValidationError("\(path): no such file or directory")
            }
            if isDirectory.boolValue {
                self = .model
                return
            }
            do { self = .tensors(try StateFile.format(of: path)) } catch {
                // Only a file that some container recognises is a checkpoint; everything else is for the demuxers, unless
                // it is a damaged checkpoint, whose error says more.
                guard error.kind == .notAStateFile else { throw error }
                guard ["pt", "pth", "bin", "safetensors"].contains((path as NSString).pathExtension) else {
                    self = .video
                    return
                }
                throw error
            }
        }
    }

    private func tensorFacts(_ path: String, _ format: StateFileFormat) throws -> Facts {
        do { return try modelFacts(path) } catch let error as CLIPError {
            let file = try StateFile.read(path)
            if verify { try file.verify() }
            var facts = Facts(path)
            facts.add("format", "\(format)")
            facts.add("CLIP model", "no: \(error)")
            let tensors = file.tensors
            facts.add("tensors at the root", "\(tensors.count)")
            for (name, tensor) in tensors.prefix(12) { facts.add("  " + name, "\(tensor.dtype) \(tensor.shape)") }
            if tensors.isEmpty {
                for (key, value) in (file.root.entries ?? []).prefix(12) { facts.add("  \(key)", "\(value)") }
            }
            return facts
        }
    }

    private func modelFacts(_ path: String) throws -> Facts {
        let inspection = VideoModelInspection(path: path, options: try video.options(frames: frames))
        if let facts = try inspection.facts() { return facts }
        var facts = Facts(path)
        let (checkpoint, isActivationKnown) = try checkpoint(path)
        let towers = checkpoint.towers
        try check(checkpoint)
        let (configuration, cost) = (checkpoint.configuration, ModelCost(checkpoint.configuration))
        facts.add("model", "CLIP, \(checkpoint.layout.rawValue), names of \(checkpoint.dialect.rawValue)")
        for file in checkpoint.files { facts.add("weights", "\(file.path) (\(file.format))") }
        facts.add(
            "element types", Set(checkpoint.tensors.values.map(\.dtype.rawValue)).sorted().joined(separator: ", "))
        facts.add("embedding", "\(configuration.embedDim)")
        let (vision, text) = (configuration.vision, configuration.text)
        facts.add(
            "image tower",
            towers.image
                ? "\(vision.imageSize) px, patches of \(vision.patchSize), \(vision.tokens) tokens, \(blocks(vision.blocks))"
                : "not in the file")
        facts.add(
            "text tower",
            towers.text
                ? "\(text.contextLength) positions, \(text.vocabularySize) ids, \(blocks(text.blocks))"
                : "not in the file")
        facts.add(
            "activation",
            isActivationKnown
                ? configuration.activation.rawValue : "the files do not tell it; pass --activation to use the model")
        facts.add("parameters", "\(checkpoint.tensors.values.reduce(0) { $0 + $1.count })")
        if towers.image {
            facts.add("  image tower", "\(cost.visionParameters)")
            facts.add("GMAC a picture", String(format: "%.4g", Double(cost.imageMACs) / 1e9))
        }
        if towers.text {
            facts.add("  text tower", "\(cost.textParameters) without token embedding")
            facts.add("  token embedding", "\(cost.tokenEmbedding)")
            facts.add("GMAC a text", String(format: "%.4g", Double(cost.textMACs) / 1e9))
        }
        facts.add("vocabulary", checkpoint.vocabularyPath ?? "none beside it; CLIP's is used")
        for warning in checkpoint.warnings { facts.add("warning", warning) }
        return facts
    }

    /// The checkpoint, also when its files do not tell the activation, which changes no size.
    private func checkpoint(_ path: String) throws -> (checkpoint: CLIPCheckpoint, isActivationKnown: Bool) {
        do { return (try CLIPCheckpoint(path: path, options: video.reading.options), true) } catch {
            guard case CLIPError.unknownActivation = error else { throw error }
            var options = video.reading.options
            options.activation = .quickGELU
            return (try CLIPCheckpoint(path: path, options: options), false)
        }
    }

    /// Builds what the files hold, so that facts are only told of weights that fit.
    private func check(_ checkpoint: CLIPCheckpoint) throws {
        switch checkpoint.towers {
        case (true, true): _ = try checkpoint.model()
        case (true, false): _ = try checkpoint.imageTower()
        case (false, _): _ = try checkpoint.textTower()
        }
    }

    private func blocks(_ sizes: TransformerConfiguration) -> String {
        func list(_ values: [Int]) -> String {
            Set(values).count == 1 ? "\(values[0])" : values.map(String.init).joined(separator: "/")
        }
        return "\(sizes.layers) blocks of width \(sizes.width), \(list(sizes.heads)) heads of \(sizes.headWidth), "
            + "feed-forward \(list(sizes.mlpWidths))"
    }

    private func seconds(_ value: Double?) -> String { value.map { String(format: "%.3f s", $0) } ?? "not stated" }

    private func videoFacts(_ path: String) throws -> Facts {
        var facts = Facts(path)
        var options = VideoOptions(deadline: nil, threadCount: 0)
        options.isCancelled = { Task.isCancelled }
        let file = try VideoFile(path: path, options: options)
        let information = file.information
        let report = verify ? try file.verify() : file.report
        facts.add("video", "\(information.format), \(information.codec), \(information.pixelFormat)")
        facts.add("size", "\(information.width)x\(information.height)")
        facts.add("rotation", "\(information.rotation) degrees counter-clockwise")
        facts.add("frames", "\(file.count)")
        facts.add("frames in the header", "\(report.headerFrames)")
        facts.add("key frames", "\(file.keyFrames.count)")
        facts.add("rate", String(format: "%.3f frames/s", information.averageRate))
        facts.add("duration", seconds(information.duration))
        facts.add("starts at", seconds(information.startTime))
        facts.add("access", "\(file.access)")
        facts.add(
            verify ? "status, all frames decoded" : "status", report.statuses.map(\.rawValue).joined(separator: ", "))
        if let detail = report.detail { facts.add("problem", detail) }
        return facts
    }
}
