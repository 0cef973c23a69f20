public import ArgumentParser
public import CLIP
import Foundation
import Torch

extension ModelDirectory.Layout: ExpressibleByArgument {}
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

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a CLIP model of any public format as a model directory.",
        discussion: """
            Reads OpenAI's archives and state dicts, open_clip and Hugging Face directories, TinyCLIP checkpoints and \
            Verb's own directories; nothing in a file is executed.

            EXAMPLES
              verb convert ViT-B-16.pt models/vit-b-16
              verb convert TinyCLIP.pt models/tinyclip-hf --layout huggingface --activation gelu --type float16
            """)

    @Argument(help: "A checkpoint file or model directory.")
    var source: String

    @Argument(help: "The directory to write; must not exist.")
    var target: String

    @Option(help: "Whose layout to write.")
    var layout = ModelDirectory.Layout.verb

    @Option(help: "The element type of the weights.")
    var type = WeightType.float32

    @OptionGroup var reading: CheckpointReadingOptions

    @Option(help: "Resize the image positions for pictures of this side in pixels.")
    var imageSize: Int?

    @Option(help: "How image positions are resized.")
    var resize = PositionResize.openCLIP

    func run() async throws {
        let command = self
        try await TorchThread.run { try command.convert() }
        try Task.checkCancellation()
        print(target)
    }

    private func convert() throws {
        var checkpoint = try CLIPCheckpoint(path: source, options: reading.options)
        if imageSize != nil { checkpoint = try checkpoint.resized(imageSize: imageSize, rule: resize) }
        for warning in checkpoint.warnings { Notices.write("warning: \(warning)") }
        let vocabulary = try checkpoint.vocabularyPath.map {
            try BytePairVocabulary(contentsOf: URL(fileURLWithPath: $0))
        }
        let tensors = try checkpoint.model().parameters.tensors.mapValues { $0.to(dtype: type.dtype) }
        try ModelDirectory.write(
            to: target, layout: layout, configuration: checkpoint.configuration,
            preprocessing: checkpoint.preprocessing, tensors: tensors, vocabulary: vocabulary)
    }
}
