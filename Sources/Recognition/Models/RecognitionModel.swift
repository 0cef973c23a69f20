public import ActionModels
public import CLIP
internal import Foundation
public import Torch

/// A model that is ready to recognise, with its tokenizer and what belongs to it.
public struct RecognitionModel: Sendable {
    /// Where it was read from.
    public let path: String
    /// The model, float32.
    public let model: any ActionModel
    /// The kind of model.
    public let kind: ActionModelKind
    /// How pictures become input.
    public let preprocessing: Preprocessing
    /// The tokenizer with the model's vocabulary; nil for models without a text tower.
    public let tokenizer: Tokenizer?
    /// The names of the classes that the model was trained on, where its folder tells them.
    public let classNames: [String]?
    /// Where the model computes.
    public let device: Device
    /// What is odd about its files but did not stop the reading.
    public let warnings: [String]
    /// Whether it is only good for measuring.
    let hasRandomWeights: Bool

    /// Builds a model out of a checkpoint; belongs on the LibTorch thread.
    ///
    /// - Parameters:
    ///   - checkpoint: the model's files.
    ///   - tokenizer: with the vocabulary that the model was trained with; nil for models without a text tower.
    ///   - vocabularyPath: the file that messages name.
    ///   - device: where the model computes.
    /// - Throws: `RecognitionError.model` for weights that do not fit, `.wrongVocabulary` for another model's.
    public init(
        _ checkpoint: ActionModelCheckpoint, tokenizer: Tokenizer?, vocabularyPath: String = "the vocabulary",
        device: Device = .cpu
    ) throws(RecognitionError) {
        if let text = checkpoint.configuration.text {
            guard let tokenizer else { throw .noVocabulary(model: checkpoint.path) }
            if let problem = text.problem(with: tokenizer.vocabulary) {
                throw .wrongVocabulary(path: vocabularyPath, model: checkpoint.path, detail: problem)
            }
        }
        do { model = try checkpoint.model(device: device).model } catch { throw .model(error) }
        path = checkpoint.path
        kind = checkpoint.configuration.kind
        preprocessing = checkpoint.preprocessing
        self.tokenizer = tokenizer
        classNames = checkpoint.classNames
        self.device = device
        warnings = checkpoint.warnings
        hasRandomWeights = false
    }

    /// Builds a model of random weights, to measure; belongs on the LibTorch thread.
    ///
    /// It is ActionCLIP's two-headed student: a transformer over the frames' features and a token among them. Texts have
    /// no vocabulary, so the features of labels are random too.
    ///
    /// - Parameters:
    ///   - architecture: the towers.
    ///   - frames: the number of frames of a clip.
    ///   - seed: where the random weights begin.
    /// - Throws: `RecognitionError.model`.
    public init(
        random architecture: NamedArchitecture, frames: Int = 8, seed: UInt64 = 0
    ) throws(RecognitionError) {
        let clip = architecture.configuration
        let aggregator = FrameTransformerConfiguration(
            positions: clip.text.contextLength, heads: TemporalHeads.featureWidth.count(for: clip), token: TokenView())
        let sizes = ActionCLIPConfiguration(clip: clip, frames: frames, aggregator: .transformer(aggregator))
        do {
            model = try Parameters.build(.random(Generator(seed: seed))) { ActionCLIP($0, sizes) }.model
        } catch {
            throw .model(.unfitting(path: architecture.rawValue, error))
        }
        path = "\(architecture.rawValue) with random weights"
        kind = .actionCLIP
        preprocessing = Preprocessing(imageSize: sizes.clip.vision.imageSize)
        tokenizer = nil
        classNames = nil
        device = .cpu
        warnings = []
        hasRandomWeights = true
    }
}
