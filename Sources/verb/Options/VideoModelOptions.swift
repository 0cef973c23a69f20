import ActionModels
import ArgumentParser
import Recognition

/// What a user says about a video model's checkpoint that its file may not.
struct VideoModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The CLIP model below a checkpoint that holds trained tensors only.", valueName: "path|name")
    )
    var backbone: String?

    @Option(help: "Heads of EVL's decoder, where they are not 64 wide.")
    var decoderHeads: Int?

    @Flag(help: "Stretch EVL's temporal positions to another number of frames.")
    var interpolateFrames = false

    @OptionGroup var reading: CheckpointReadingOptions

    func validate() throws {
        if let decoderHeads, !(1...1024).contains(decoderHeads) {
            throw ValidationError("--decoder-heads must be 1 to 1024.")
        }
    }

    /// The options for reading a model; the CLIP below may be one of the hub's that was fetched before.
    func options(
        frames: Int?, _ library: ModelLibrary = .withHubCache
    ) throws(RecognitionError) -> ActionModelOptions {
        var options = ActionModelOptions(clip: reading.options, frames: frames)
        if let backbone { options.backbone = try library.locate(backbone).path }
        options.decoderHeads = decoderHeads
        options.interpolatesFrames = interpolateFrames
        return options
    }
}
