public import ActionModels
public import CLIP
public import Torch
public import Video

/// The sentences of one training step of M2-CLIP.
public struct M2CLIPTexts: Sendable {
    /// The sentence of each clip's own class, masked or not, token ids (int32) `[B, N]`.
    public let texts: Tensor
    /// The same sentences without masks for the contrastive task, `[B, N]`; nil where it reads `texts`.
    public let contrastiveTexts: Tensor?
    /// At masked positions the id of the word that was there, elsewhere ``M2CLIPLoss/unmasked``, (int64) `[B, N]`.
    public let words: Tensor
}

extension M2CLIPRecipe {
    /// The masking that this recipe asks for.
    ///
    /// - Parameters:
    ///   - configuration: the model.
    ///   - tokenizer: its text tower's.
    ///   - vocabulary: the label words of its word head.
    /// - Returns: the masking of the model's sentences.
    /// - Throws: `TrainingError.badRecipe` where vocabulary, model and options do not fit together.
    public func labelMasking(
        for configuration: M2CLIPConfiguration, _ tokenizer: Tokenizer, _ vocabulary: LabelVocabulary
    ) throws(TrainingError) -> LabelMasking {
        try LabelMasking(tokenizer, vocabulary: vocabulary, configuration: configuration, options: masking)
    }

    /// Makes the sentences of a batch.
    ///
    /// For each clip come the draws of a template, where there are several, and those of its masks.
    ///
    /// - Parameters:
    ///   - labels: the name of each clip's class, at least one.
    ///   - masking: how sentences are masked, see ``labelMasking(for:_:_:)``.
    ///   - draws: where random numbers come from.
    /// - Returns: what the texts' tasks read, and the words to be told.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func texts(
        for labels: [String], masking: LabelMasking, draws: inout some DrawSource
    ) throws(TokenizerError) -> M2CLIPTexts {
        var sentences: [MaskedSentence] = [], plain: [MaskedSentence] = []
        for label in labels {
            let template = masking.template(draws: &draws)
            sentences.append(try masking(label, in: template, draws: &draws))
            if contrastiveText == .plain { plain.append(try masking.plain(label, in: template)) }
        }
        let shape = [labels.count, masking.contextLength]
        return M2CLIPTexts(
            texts: Tensor(sentences.flatMap(\.tokens), shape: shape),
            contrastiveTexts: contrastiveText == .plain ? Tensor(plain.flatMap(\.tokens), shape: shape) : nil,
            words: Tensor(sentences.flatMap(\.words), shape: shape))
    }
}

extension M2CLIP.Batch {
    /// Makes a batch of clips and their sentences.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - texts: the sentences of their classes.
    ///   - classTexts: features of every class's sentence `[K, E]`.
    public init(clips: Tensor, texts: M2CLIPTexts, classTexts: Tensor) {
        self.init(
            clips: clips, texts: texts.texts, contrastiveTexts: texts.contrastiveTexts, classTexts: classTexts)
    }
}
