import ActionModels
public import ArgumentParser
public import CLIP
import Foundation
import Recognition
import Torch
import Training

extension Activation: ExpressibleByArgument {}
extension PositionResize: ExpressibleByArgument {}

/// The element types that weights are written in.
enum WeightType: String, CaseIterable, ExpressibleByArgument {
    case float32, float16, bfloat16

    var dtype: DType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
}

/// The layouts that models are written in.
enum TargetLayout: String, CaseIterable, ExpressibleByArgument {
    /// Verb's own directory.
    case verb
    /// An open_clip directory.
    case openCLIP = "open_clip"
    /// A Hugging Face directory.
    case huggingFace = "huggingface"
    /// The checkpoint file of the method's reference.
    case released

    /// The layout of a CLIP directory; nil for the one that CLIP does not have.
    var ofCLIP: ModelDirectory.Layout? {
        switch self {
        case .verb: .verb
        case .openCLIP: .openCLIP
        case .huggingFace: .huggingFace
        case .released: nil
        }
    }
}

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a model of any public format in another layout.",
        discussion: """
            Reads OpenAI's archives and state dicts, open_clip and Hugging Face directories, TinyCLIP checkpoints, the \
            checkpoints of the ActionCLIP, M2-CLIP, EVL and ST-Adapter references, and Verb's own directories; nothing \
            in a file is executed. Video models are written as Verb's directory, or as the file that the method's \
            reference saves.

            EXAMPLES
              verb convert ViT-B-16.pt models/vit-b-16
              verb convert TinyCLIP.pt models/tinyclip-hf --layout huggingface --activation gelu --type float16
              verb convert checkpoint-11.pth models/m2clip --backbone ViT-B-16.pt --labels-file k400.txt
            """)

    @Argument(help: "A checkpoint file or model directory.")
    var source: String

    @Argument(help: "The directory to write, or the file of a released layout; must not exist.")
    var target: String

    @Option(help: "Whose layout to write.")
    var layout = TargetLayout.verb

    @Option(help: "The element type of the weights.")
    var type = WeightType.float32

    @Option(help: "Frames of a clip, where the weights of a video model do not tell it.")
    var frames: Int?

    @Option(help: ArgumentHelp("The names of the trained classes, one a line in their order.", valueName: "file"))
    var labelsFile: String?

    @OptionGroup var video: VideoModelOptions

    @Option(help: "Resize the image positions of a CLIP for pictures of this side in pixels.")
    var imageSize: Int?

    @Option(help: "How image positions are resized.")
    var resize = PositionResize.openCLIP

    func validate() throws {
        if let frames, !(1...1024).contains(frames) { throw ValidationError("--frames must be 1 to 1024.") }
        guard layout != .released || labelsFile == nil else {
            throw ValidationError("A released layout has no place for --labels-file.")
        }
    }

    func run() async throws {
        let command = self
        try await TorchThread.run { try command.convert() }
        try Task.checkCancellation()
        print(target)
    }

    private func convert() throws {
        let checkpoint = try ActionModelCheckpoint(path: source, options: video.options(frames: frames))
        guard var clip = checkpoint.clip else { return try convert(checkpoint) }
        guard let layout = layout.ofCLIP, labelsFile == nil else {
            throw ValidationError(
                "\(source) is a CLIP model: --layout released and --labels-file are for video models.")
        }
        if imageSize != nil { clip = try clip.resized(imageSize: imageSize, rule: resize) }
        tell(clip.warnings)
        let tensors = try clip.model().parameters.tensors.mapValues { $0.to(dtype: type.dtype) }
        try ModelDirectory.write(
            to: target, layout: layout, configuration: clip.configuration, preprocessing: clip.preprocessing,
            tensors: tensors, vocabulary: try vocabulary(clip.vocabularyPath))
    }

    /// Writes a video model.
    private func convert(_ checkpoint: ActionModelCheckpoint) throws {
        guard imageSize == nil else { throw ValidationError("--image-size is for CLIP models.") }
        tell(checkpoint.warnings)
        let tensors = try checkpoint.model().parameters.tensors.mapValues { $0.to(dtype: type.dtype) }
        switch layout {
        case .verb:
            var contents = ActionModelDirectory.Contents(
                configuration: checkpoint.configuration, preprocessing: checkpoint.preprocessing,
                classNames: try labelsFile.map { try LabelSet(contentsOf: $0).names } ?? checkpoint.classNames,
                vocabulary: try vocabulary(checkpoint.vocabularyPath))
            contents.files[ModelClips.fileName] = try ModelClips.read(besideModel: source)?.json()
            try ActionModelDirectory.write(contents, tensors: tensors, to: target)
        case .released:
            guard !FileManager.default.fileExists(atPath: target) else {
                throw CLIPError.unwritable(path: target, detail: "it exists already; name another file or remove it")
            }
            let broken = tensors.filter { !$0.value.isFinite.allTrue }.keys.sorted()
            guard broken.isEmpty else { throw CLIPError.notFinite(path: target, names: broken) }
            guard let value = checkpoint.configuration.released(tensors) else {
                throw ValidationError(
                    "\(source) is a model that no method's reference has a file for; write it with --layout verb.")
            }
            try StateFile.writeTorch(value, to: target)
        case .openCLIP, .huggingFace:
            throw ValidationError(
                "\(checkpoint.configuration.kind.title) models are written with --layout verb or released.")
        }
    }

    private func tell(_ warnings: [String]) {
        for warning in warnings { Notices.write("warning: \(warning)") }
    }

    private func vocabulary(_ path: String?) throws -> BytePairVocabulary? {
        try path.map { try BytePairVocabulary(contentsOf: URL(fileURLWithPath: $0)) }
    }
}
