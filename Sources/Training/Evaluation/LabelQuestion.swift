public import ActionModels
public import CLIP
internal import Torch

/// What a model is asked about clips: its trained classes, or texts.
public enum LabelQuestion: Sendable {
    /// The classes of the class head.
    case trained
    /// Names in sentences.
    case texts(LabelTexts)

    /// What the model scores clips against, encoded with its present weights.
    ///
    /// - Parameter model: the model.
    /// - Returns: the trained classes, or the texts' features.
    /// - Throws: `TokenizerError` for a name that is too long.
    @TorchActor
    public func labels(for model: any ActionModel) throws(TokenizerError) -> ActionLabels {
        switch self {
        case .trained: return .trained
        case .texts(let texts):
            guard let text = model.text, let scoring = model.textScoring else {
                fatalError("LabelQuestion: the model has no text tower")
            }
            return .texts(try texts.features(text, scoring))
        }
    }
}

/// Names of labels in sentences.
public struct LabelTexts: Sendable {
    /// The names as sentences hold them.
    public let names: [String]
    /// The sentences around them; nil means the model's own.
    public let templates: [PromptTemplate]?
    /// The model's tokenizer.
    public let tokenizer: Tokenizer

    /// Names labels.
    ///
    /// - Parameters:
    ///   - names: the names as sentences hold them.
    ///   - templates: the sentences around them; nil means the model's own.
    ///   - tokenizer: the model's tokenizer.
    public init(names: [String], templates: [PromptTemplate]? = nil, tokenizer: Tokenizer) {
        self.names = names
        self.templates = templates
        self.tokenizer = tokenizer
    }

    /// The features of every name in every sentence, encoded in parts that bound the memory.
    @TorchActor
    func features(_ text: TextTower, _ scoring: TextScoring) throws(TokenizerError) -> LabelFeatures {
        let sentences = (templates ?? scoring.templates).flatMap { template in names.map(template.callAsFunction) }
        let context = text.sizes.contextLength
        var rows: [Tensor] = []
        for start in stride(from: 0, to: sentences.count, by: 256) {
            let part = Array(sentences[start..<min(start + 256, sentences.count)])
            let tokens = try tokenizer(part, contextLength: context, truncating: true)
            rows.append(withoutGradient { text(Tensor(tokens.flatMap(\.self), shape: [part.count, context])) })
        }
        return scoring.labelFeatures(Tensor.concatenated(rows), labels: names.count)
    }
}
