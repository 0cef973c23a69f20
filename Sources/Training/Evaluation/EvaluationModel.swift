public import ActionModels
public import CLIP
public import Datasets
internal import Foundation
public import Torch

/// A model that is evaluated, with what belongs to it.
public struct EvaluationModel: Sendable {
    /// Where it was read from.
    public let path: String
    /// The architecture.
    public let configuration: ActionModelConfiguration
    /// The model, float32.
    public let model: any ActionModel
    /// How single pictures become its input.
    public let preprocessing: Preprocessing
    /// The tokenizer with its vocabulary; nil for models without a text tower.
    public let tokenizer: Tokenizer?
    /// The names of its trained classes, where they are known.
    public let classNames: [String]?
    /// Its weights as they are used.
    let parameters: Parameters
    /// ``WeightDigest`` of its weights as they are used.
    public let digest: String
    /// The share of the tuned weights and the digest of the start, where the weights were interpolated.
    public internal(set) var interpolation: (coefficient: Double, startDigest: String)?

    /// Builds a model out of its files.
    ///
    /// - Parameters:
    ///   - checkpoint: the model's files.
    ///   - tokenizer: with its vocabulary; nil for models without a text tower.
    /// - Throws: `ActionModelError` for weights that do not fit, `TrainingError.badEvaluation` for a text tower without
    ///   its tokenizer, or with another model's.
    @TorchActor
    public init(_ checkpoint: ActionModelCheckpoint, tokenizer: Tokenizer?) throws {
        if let text = checkpoint.configuration.text {
            guard let tokenizer else {
                throw TrainingError.badEvaluation("\(checkpoint.path): a text tower without its vocabulary")
            }
            if let problem = text.problem(with: tokenizer.vocabulary) {
                throw TrainingError.badEvaluation(
                    "\(checkpoint.path): the vocabulary is another model's: \(problem); name its own with --vocabulary")
            }
        }
        let built = try checkpoint.model()
        path = checkpoint.path
        configuration = checkpoint.configuration
        model = built.model
        preprocessing = checkpoint.preprocessing
        self.tokenizer = checkpoint.configuration.text == nil ? nil : tokenizer
        classNames = checkpoint.classNames
        parameters = built.parameters
        digest = WeightDigest.sha256(of: parameters.tensors)
    }

    /// What is subtracted from pixels and divided by.
    public var normalization: PixelNormalization { preprocessing.normalization }

    /// SHA-256 of the architecture and of how bytes become numbers: with the weights, all that decides what it says.
    var architectureDigest: String {
        let parts: [any Encodable] = [configuration.kind, configuration.sizes, normalization]
        let texts = parts.map { part in (try? SortedJSON.bytes(part, isPretty: false)) ?? Data("\(part)".utf8) }
        return WeightDigest.sha256(of: texts.joined(separator: Data("\n".utf8)))
    }
}

extension ActionModelConfiguration {
    /// The configuration of the kind, as a model's directory holds it.
    fileprivate var sizes: any Encodable {
        switch self {
        case .clip(let sizes): sizes
        case .actionCLIP(let sizes): sizes
        case .m2CLIP(let sizes): sizes
        case .evl(let sizes): sizes
        case .stAdapter(let sizes): sizes
        case .linearProbe(let sizes): sizes
        }
    }
}

/// The models between the start of a training and its end.
public struct InterpolatedModels: Sendable {
    private let tuned: ActionModelCheckpoint
    private let tokenizer: Tokenizer?
    private let line: WeightInterpolation
    private let startDigest: String
    /// The number of the tuned model's tensors that a CLIP at the start lacks; they are the tuned ones on the whole line.
    public let additions: Int

    /// Takes the ends of the line.
    ///
    /// - Parameters:
    ///   - start: a model of the tuned one's architecture, or the CLIP it is made of.
    ///   - tuned: the model after training.
    ///   - tokenizer: the tuned model's.
    /// - Throws: `TrainingError.otherWeights` with everything that differs.
    @TorchActor
    public init(
        from start: ActionModelCheckpoint, to tuned: ActionModelCheckpoint, tokenizer: Tokenizer?
    ) throws(TrainingError) {
        let isBackbone = start.configuration.kind == .clip && tuned.configuration.kind != .clip
        let weights = isBackbone ? tuned.configuration.backbone(start.tensors) : start.tensors
        let added = isBackbone ? tuned.tensors.filter { weights[$0.key] == nil } : [:]
        line = try WeightInterpolation(from: weights.merging(added) { own, _ in own }, to: tuned.tensors)
        additions = added.count
        startDigest = WeightDigest.sha256(of: weights)
        (self.tuned, self.tokenizer) = (tuned, tokenizer)
    }

    /// The model at a place of the line.
    ///
    /// - Parameter coefficient: the share of the tuned weights, from 0 to 1; the ends are exact.
    /// - Returns: a model of its own.
    /// - Throws: `TrainingError.badEvaluation` for a coefficient outside, else as ``EvaluationModel``.
    @TorchActor
    public func model(at coefficient: Double) throws -> EvaluationModel {
        let checkpoint = tuned.replacing(try line.weights(at: coefficient))
        var model = try EvaluationModel(checkpoint, tokenizer: tokenizer)
        model.interpolation = (coefficient, startDigest)
        return model
    }
}
