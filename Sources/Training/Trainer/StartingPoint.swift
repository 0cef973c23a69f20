public import ActionModels
public import CLIP
internal import Torch

/// The model that a run starts from, with what belongs to it.
public struct StartingPoint: Sendable {
    /// The model's files.
    public let checkpoint: ActionModelCheckpoint
    /// The tokenizer with the model's vocabulary; nil for models without a text tower.
    public let tokenizer: Tokenizer?
    /// The vocabulary, where it is the model's own and not CLIP's.
    public let vocabulary: BytePairVocabulary?

    /// Makes a start.
    ///
    /// - Parameters:
    ///   - checkpoint: a CLIP, or a trained model.
    ///   - tokenizer: with the vocabulary that it was trained with.
    ///   - hasOwnVocabulary: whether that is another than CLIP's.
    public init(_ checkpoint: ActionModelCheckpoint, tokenizer: Tokenizer?, hasOwnVocabulary: Bool) {
        self.checkpoint = checkpoint
        self.tokenizer = tokenizer
        vocabulary = hasOwnVocabulary ? tokenizer?.vocabulary : nil
    }

    /// The digest of all its weights.
    @TorchActor
    public var digest: String { WeightDigest.sha256(of: checkpoint.tensors) }

    /// The weights for a model of a recipe, float32, each its own.
    ///
    /// - Parameters:
    ///   - configuration: the recipe's model.
    ///   - resetHead: whether a trained model's class head is left out.
    ///   - inherits: whether the model's CLIP is cut out of a larger one.
    /// - Returns: by the model's names; what the method adds to a CLIP is missing.
    /// - Throws: `TrainingError.badRecipe` for a start of another method or other sizes, `cannotInherit` for one that is
    ///   smaller somewhere.
    @TorchActor
    func tensors(
        for configuration: ActionModelConfiguration, resetHead: Bool, inherits: Bool = false
    ) throws(TrainingError) -> [String: Tensor] {
        let found = checkpoint.configuration
        var tensors: [String: Tensor]
        if inherits {
            tensors = try inherited(for: configuration)
        } else if case .clip(let clip) = found {
            let differences = configuration.differences(from: clip)
            guard differences.isEmpty else {
                throw .badRecipe(
                    "\(checkpoint.path) is another CLIP than the recipe's model is made for: "
                        + differences.prefix(6).joined(separator: "; "))
            }
            tensors = configuration.backbone(checkpoint.tensors)
        } else {
            guard found.kind == configuration.kind else {
                throw .badRecipe(
                    "\(checkpoint.path) is a model of \(found.kind.title); a run of \(configuration.kind.title) starts "
                        + "from a CLIP or from a model of its own kind")
            }
            tensors = checkpoint.tensors
            if resetHead { tensors = tensors.filter { !configuration.isClassHead($0.key) } }
        }
        // What was read stays mapped as long as the start lives, but not in memory.
        defer { for tensor in checkpoint.tensors.values { tensor.pageOut() } }
        return tensors.mapValues { tensor in
            let isReady = tensor.dtype == .float32 || !tensor.dtype.isFloatingPoint
            return isReady ? tensor.cloned() : tensor.to(dtype: .float32)
        }
    }
}

extension StartingPoint {
    /// A smaller CLIP's weights for a method's model, cut out of this one.
    @TorchActor
    private func inherited(
        for configuration: ActionModelConfiguration
    ) throws(TrainingError) -> [String: Tensor] {
        guard case .clip(let larger) = checkpoint.configuration else {
            throw .badRecipe("start.inherit cuts a CLIP out of a larger one; \(checkpoint.path) is no CLIP")
        }
        guard let smaller = configuration.clipConfiguration else {
            throw .badRecipe("start.inherit needs a model with both towers; \(configuration.kind.title) has one")
        }
        let workings = [
            ("activation", smaller.activation.rawValue, larger.activation.rawValue),
            ("layerNormEps", "\(smaller.layerNormEps)", "\(larger.layerNormEps)"),
            ("text.pooling", "\(smaller.text.pooling)", "\(larger.text.pooling)"),
        ]
        if let (name, own, wanted) = workings.first(where: { $0.1 != $0.2 }) {
            throw .badRecipe(
                "start.inherit: \(checkpoint.path) was trained with \(name) \(wanted), the recipe's model has \(own); set "
                    + "it to that")
        }
        // The texts are those of the larger model: an id past a shorter table would read foreign memory.
        if let text = configuration.text {
            let vocabulary = try requiredTokenizer.vocabulary
            if let problem = text.problem(with: vocabulary) {
                throw .badRecipe(
                    "start.inherit: the vocabulary of \(checkpoint.path) does not fit the recipe's model: \(problem); set "
                        + "the model's text.vocabularySize to \(vocabulary.count)")
            }
        }
        return configuration.backbone(try WeightInheritance.weights(of: checkpoint.tensors, larger, for: smaller))
    }
}

extension ActionModelConfiguration {
    /// The CLIP that the model is made of, where it has both towers.
    var clipConfiguration: CLIPConfiguration? {
        switch self {
        case .clip(let configuration): configuration
        case .actionCLIP(let configuration): configuration.clip
        case .m2CLIP(let configuration): configuration.clip
        case .linearProbe(let configuration): configuration.clip
        case .evl, .stAdapter: nil
        }
    }

    /// Whether a parameter belongs to the classes that the model was trained on.
    func isClassHead(_ name: String) -> Bool {
        switch self {
        case .clip, .actionCLIP: false
        case .m2CLIP: name.hasPrefix("visual.adapter_fc.") || name.hasPrefix("mlm_adapter.")
        case .evl: name.hasPrefix("proj.2.")
        case .stAdapter: name.hasPrefix("fc.")
        case .linearProbe: name.hasPrefix("head.")
        }
    }

    /// In what a CLIP differs from the one that the model is made for.
    fileprivate func differences(from clip: CLIPConfiguration) -> [String] {
        switch self {
        case .clip(let own): own.differences(from: clip)
        case .actionCLIP(let own): own.clip.differences(from: clip)
        case .m2CLIP(let own): own.clip.differences(from: clip)
        case .linearProbe(let own): own.clip.differences(from: clip)
        case .evl(let own):
            own.vision.differences(from: clip.vision) + (own.activation == clip.activation ? [] : ["activation"])
        case .stAdapter(let own):
            own.vision.differences(from: clip.vision) + (own.activation == clip.activation ? [] : ["activation"])
        }
    }
}
