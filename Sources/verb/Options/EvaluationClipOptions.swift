import ActionModels
public import ArgumentParser
import CLIP
public import Datasets
import Training

extension ResizeKernel: ExpressibleByArgument {}

/// How videos are shown to a model that is evaluated.
struct EvaluationClipOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Clips as this preset or recipe evaluates them (default: what stands in the model's folder, else as the "
                + "method's authors do).", valueName: "name|file"))
    var clips: String?

    @Option(help: "Number of frames a view (default: what the model takes, else 8).")
    var frames: Int?

    @Option(help: "Number of views along time; more than one where frames are dense.")
    var temporalViews: Int?

    @Option(help: "Number of crops along the long side: 1, 3 or 4.")
    var crops: Int?

    @Option(help: ArgumentHelp("Which frames: segments, uniform, or dense:STRIDE.", valueName: "rule"))
    var sampling: String?

    @Option(help: "The short side in pixels before the crop.")
    var shortSide: Int?

    @Option(help: "How pictures are resized.")
    var resize: ResizeKernel?

    func validate() throws {
        guard (1...1024).contains(frames ?? 8) else { throw ValidationError("--frames must be 1 to 1024.") }
        guard (1...100).contains(temporalViews ?? 1) else {
            throw ValidationError("--temporal-views must be 1 to 100.")
        }
        guard [1, 3, 4].contains(crops ?? 1) else { throw ValidationError("--crops must be 1, 3 or 4.") }
        guard (1...65_536).contains(shortSide ?? 224) else { throw ValidationError("--short-side must be 1 to 65536.") }
        if let sampling, FrameSampling(words: sampling) == nil {
            throw ValidationError("--sampling must be segments, uniform, or dense: and a stride, such as dense:16.")
        }
    }

    /// The clips of a model, and where they come from.
    func settings(
        for checkpoint: ActionModelCheckpoint, _ own: ModelClips?
    ) throws -> (clips: EvaluationClips, frames: Int, origin: String) {
        var (found, origin, presetFrames): (EvaluationClips, String, Int?)
        if let clips {
            let preset = try Self.preset(clips)
            guard let evaluation = preset.data?.evaluation else {
                throw ValidationError("--clips \(clips): it does not say how clips are made.")
            }
            (found, origin, presetFrames) = (evaluation, clips, preset.model.configuration.frames)
        } else if let own {
            (found, origin, presetFrames) = (own.clips, "as the model was trained to see them", nil)
        } else {
            let kind = checkpoint.configuration.kind
            (found, origin, presetFrames) = (
                .released(for: kind, checkpoint.preprocessing), "as \(kind.title) is evaluated", nil
            )
        }
        if let temporalViews { found.temporalViews = temporalViews }
        if let sampling, let rule = FrameSampling(words: sampling) { found.sampling = rule }
        if let resize { found.resize = resize }
        if let crops { found.crops = crops }
        if found.crops > 1 { found.shortSide = checkpoint.configuration.vision.imageSize }
        if let shortSide { found.shortSide = shortSide }
        return (found, frames ?? checkpoint.configuration.frames ?? presetFrames ?? 8, origin)
    }

    private static func preset(_ name: String) throws -> Preset {
        let bundledRecipe =
            try !name.hasSuffix(".yaml") && !name.hasSuffix(".yml") && TrainingRecipe.names().contains(name)
        return try bundledRecipe ? TrainingRecipe.find(name).preset : Preset.find(name)
    }
}
