import ArgumentParser
import CLIP

/// What a user says about a checkpoint that its files may not.
struct CheckpointReadingOptions: ParsableArguments {
    @Option(help: "Activation of the model, when its files do not say it.")
    var activation: Activation?

    @Option(help: "Configuration file (open_clip's or Hugging Face's) for weights that come without one.")
    var config: String?

    @Flag(help: "Leave out tensors that no CLIP has instead of refusing the file.")
    var lenient = false

    var options: CheckpointOptions {
        CheckpointOptions(activation: activation, configurationPath: config, isStrict: !lenient)
    }
}
