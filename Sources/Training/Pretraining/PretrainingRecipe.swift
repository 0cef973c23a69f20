internal import ActionModels
public import CLIP

/// How a small CLIP is trained from scratch on captioned clips.
public struct PretrainingRecipe: Sendable, Codable, Equatable {
    /// Where every random choice of the run begins.
    public var seed: UInt64 = 1
    /// The number of optimiser steps.
    public var steps = 2600
    /// The number of clips a step.
    public var batch = 49
    /// The number of frames a clip.
    public var frames = 3
    /// The share of steps whose texts are the actions' names in a prompt; in the others they are the captions, which
    /// also tell the place and the clothes.
    public var nameShare = 0.5
    /// The sentences around a name, each with one `{}`, in turn.
    public var prompts = ["a video of a person {}", "{}", "someone is {}"]
    /// The highest learning rate.
    public var learningRate = 1e-3
    /// AdamW's weight decay of matrices.
    public var weightDecay = 0.05
    /// The number of steps of growing learning rate.
    public var warmup = 200
    /// The largest norm of the gradients.
    public var gradientClip = 1.0
    /// The side of the input pictures in pixels.
    public var imageSize = 64
    /// The side of a patch in pixels.
    public var patchSize = 16
    /// The image tower's width, a multiple of 32.
    public var visionWidth = 192
    /// The image tower's blocks.
    public var visionLayers = 4
    /// The text tower's width, a multiple of 32.
    public var textWidth = 128
    /// The text tower's blocks.
    public var textLayers = 3
    /// The width of the common space.
    public var embedDim = 128
    /// The number of token positions of a text.
    public var contextLength = 32
    /// The largest number of merges of the vocabulary.
    public var merges = 400

    /// Makes the recipe of the bundled model.
    public init() {}

    /// The architecture for a vocabulary.
    ///
    /// - Parameters:
    ///   - vocabularySize: the number of token ids.
    ///   - larger: the model that the first weights are cut out of; nil for a model from scratch.
    /// - Returns: the model's sizes, with heads 32 wide and QuickGELU, or everything that is no size as the larger model
    ///   has it, and heads as wide as its.
    public func configuration(vocabularySize: Int, inheriting larger: CLIPConfiguration? = nil) -> CLIPConfiguration {
        func blocks(_ width: Int, _ layers: Int, _ larger: TransformerConfiguration?) -> TransformerConfiguration {
            TransformerConfiguration(width: width, layers: layers, heads: width / max(1, larger?.headWidth ?? 32))
        }
        var configuration = CLIPConfiguration(
            embedDim: embedDim,
            vision: VisionConfiguration(
                imageSize: imageSize, patchSize: patchSize,
                blocks: blocks(visionWidth, visionLayers, larger?.vision.blocks)),
            text: TextConfiguration(
                contextLength: contextLength, vocabularySize: vocabularySize,
                blocks: blocks(textWidth, textLayers, larger?.text.blocks)),
            activation: larger?.activation ?? .quickGELU)
        if let larger {
            (configuration.text.pooling, configuration.layerNormEps) = (larger.text.pooling, larger.layerNormEps)
        }
        return configuration
    }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        let counts = [
            ("steps", steps, 1...10_000_000), ("batch", batch, 2...65_536), ("frames", frames, 1...1024),
            ("warmup", warmup, 0...max(steps, 0)), ("merges", merges, 0...1_000_000),
            ("context length", contextLength, 3...1024),
            ("vision width", visionWidth, 32...8192), ("text width", textWidth, 32...8192),
            ("vision layers", visionLayers, 0...1024), ("text layers", textLayers, 0...1024),
        ]
        for (name, value, range) in counts where !range.contains(value) {
            throw .badRecipe("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        guard visionWidth % 32 == 0, textWidth % 32 == 0 else {
            throw .badRecipe("widths \(visionWidth) and \(textWidth) must be multiples of 32, the width of a head")
        }
        try checkAdamW(learningRate: learningRate, weightDecay: weightDecay)
        guard gradientClip > 0 else { throw .badRecipe("gradient clip is \(gradientClip); it must be above 0") }
        guard (0...1).contains(nameShare), !prompts.isEmpty, prompts.allSatisfy({ PromptTemplate($0) != nil }) else {
            throw .badRecipe("the share of names must be 0 to 1, and every prompt needs one {}")
        }
        do { try configuration(vocabularySize: 1000).validate() } catch { throw .badRecipe("\(error)") }
    }
}
