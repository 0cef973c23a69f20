public import ActionModels
public import CLIP
public import Video

/// A sentence as tokens, and what its masked words were.
public struct MaskedSentence: Sendable, Equatable {
    /// Token ids with start, end and padding, as long as the context.
    public let tokens: [Int32]
    /// At masked positions the id of the word that was there, elsewhere -100.
    public let words: [Int64]
}

/// The masking of words for cross-modal masked language modelling.
///
/// Of a sentence of n words, those of the template included, max(1, round(rate n)) at random places are replaced by the
/// word "mask", halves rounded to even. Words are tokenized one by one. Source: M2-CLIP `utils.py`, `get_masked_sample`.
public struct LabelMasking: Sendable {
    /// How much is masked.
    public struct Options: Codable, Sendable, Equatable {
        /// The share of a masked sentence's words.
        public var rate = 0.2
        /// The share of sentences that are masked; 0 in the released code, for which no other value is published.
        public var probability = 0.5

        /// Makes the defaults.
        public init() {}

        /// Checks both numbers.
        ///
        /// - Throws: `TrainingError.badRecipe` for one that is not 0 to 1.
        public func validate() throws(TrainingError) {
            for (name, value) in [("masking rate", rate), ("masking probability", probability)]
            where !(0...1).contains(value) {
                throw .badRecipe("\(name) is \(value); it must be 0 to 1")
            }
        }
    }

    /// The sentences around class names, at least one; each sample has one of them.
    public let templates: [PromptTemplate]
    /// How much is masked.
    public let options: Options
    private let tokenizer: Tokenizer
    private let vocabulary: LabelVocabulary
    /// The length N of a sentence in tokens.
    public let contextLength: Int

    /// Makes the masking that a model is trained with: of the sentences that score its classes.
    ///
    /// - Parameters:
    ///   - tokenizer: the text tower's.
    ///   - vocabulary: the label words.
    ///   - configuration: the model, which gives templates and the length of sentences.
    ///   - options: how much is masked.
    /// - Throws: `TrainingError.badRecipe` for options that cannot be, or a vocabulary of another size than the model's
    ///   word head.
    public init(
        _ tokenizer: Tokenizer, vocabulary: LabelVocabulary, configuration: M2CLIPConfiguration,
        options: Options = Options()
    ) throws(TrainingError) {
        guard vocabulary.count == configuration.labelWords else {
            throw .badRecipe(
                "the vocabulary has \(vocabulary.count) label words, the model tells \(configuration.labelWords); "
                    + "set labelWords to \(vocabulary.count) or take the vocabulary of the model's data set")
        }
        try self.init(
            tokenizer, vocabulary: vocabulary, contextLength: configuration.clip.text.contextLength,
            templates: configuration.templates, options: options)
    }

    /// Makes the masking of a data set's sentences.
    ///
    /// - Parameters:
    ///   - tokenizer: the text tower's.
    ///   - vocabulary: the label words.
    ///   - contextLength: the length N of a sentence in tokens.
    ///   - templates: the sentences around class names.
    ///   - options: how much is masked.
    /// - Throws: `TrainingError.badRecipe` for options that cannot be, or without a template or label word.
    public init(
        _ tokenizer: Tokenizer, vocabulary: LabelVocabulary, contextLength: Int = 77,
        templates: [PromptTemplate] = [.video], options: Options = Options()
    ) throws(TrainingError) {
        try options.validate()
        guard !templates.isEmpty else { throw .badRecipe("there is no prompt template to mask words of") }
        guard vocabulary.count > 0 else { throw .badRecipe("there is no label word to tell masked words from") }
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.contextLength = contextLength
        self.templates = templates
        self.options = options
    }

    /// Chooses the template of a sample.
    ///
    /// - Parameter draws: where random numbers come from; where there is one template only, none is drawn.
    /// - Returns: one of the templates, each as likely.
    public func template(draws: inout some DrawSource) -> PromptTemplate {
        templates.count == 1 ? templates[0] : templates[draws.integer(in: 0..<templates.count)]
    }

    /// The sentence of a class, masked or not.
    ///
    /// One real number is drawn first: below the probability, the sentence is masked. Then come, for n words, n - 1
    /// whole numbers in 0...i for i from n - 1 down to 1: with which earlier place the i-th changes its own.
    ///
    /// - Parameters:
    ///   - label: the class's name.
    ///   - template: the sentence around the name; nil means the first.
    ///   - draws: where random numbers come from.
    /// - Returns: tokens and masked words.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func callAsFunction(
        _ label: String, in template: PromptTemplate? = nil, draws: inout some DrawSource
    ) throws(TokenizerError) -> MaskedSentence {
        guard draws.real(in: 0..<1) < options.probability else { return try plain(label, in: template) }
        var order = Array(words(label, template).indices)
        for place in order.indices.dropFirst().reversed() {
            order.swapAt(place, draws.integer(in: 0..<place + 1))
        }
        return try masked(label, in: template, order: order)
    }

    /// The sentence of a class without masks.
    ///
    /// - Parameters:
    ///   - label: the class's name.
    ///   - template: the sentence around the name; nil means the first.
    /// - Returns: tokens; no position counts.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func plain(_ label: String, in template: PromptTemplate? = nil) throws(TokenizerError) -> MaskedSentence {
        try sentence(words(label, template), masking: [])
    }

    /// The sentence of a class with the first words of an order masked.
    ///
    /// - Parameters:
    ///   - label: the class's name.
    ///   - template: the sentence around the name; nil means the first.
    ///   - order: the places of all its words in a random order.
    /// - Returns: tokens and masked words.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func masked(
        _ label: String, in template: PromptTemplate? = nil, order: [Int]
    ) throws(TokenizerError) -> MaskedSentence {
        let words = words(label, template)
        precondition(order.sorted() == Array(words.indices), "masking: \(order) is no order of \(words.count) words")
        return try sentence(words, masking: Set(order.prefix(Self.count(of: words.count, rate: options.rate))))
    }

    /// The number of words that are masked.
    ///
    /// - Parameters:
    ///   - words: the number of words.
    ///   - rate: the share to mask, 0 to 1.
    /// - Returns: at least 1, halves rounded to even.
    public static func count(of words: Int, rate: Double) -> Int {
        precondition((0...1).contains(rate), "masking: the rate is \(rate), not 0 to 1")
        return max(1, Int((Double(words) * rate).rounded(.toNearestOrEven)))
    }

    private func words(_ label: String, _ template: PromptTemplate?) -> [String] {
        LabelSentence.words(of: (template ?? templates[0])(label))
    }

    private func sentence(_ words: [String], masking places: Set<Int>) throws(TokenizerError) -> MaskedSentence {
        var tokens = [Int32(tokenizer.vocabulary.startID)]
        var labels: [Int64] = [Int64(M2CLIPLoss.unmasked)]
        for (place, word) in words.enumerated() {
            let pieces = tokenizer.encode(places.contains(place) ? Self.maskWord : word).dropFirst().dropLast()
            tokens += pieces.map(Int32.init)
            labels += pieces.map { _ in Int64(M2CLIPLoss.unmasked) }
            // Where a vocabulary needs several pieces for the mask, the first one stands for the word.
            if places.contains(place) { labels[labels.count - pieces.count] = Int64(vocabulary.id(of: word)) }
        }
        tokens.append(Int32(tokenizer.vocabulary.endID))
        labels.append(Int64(M2CLIPLoss.unmasked))
        guard tokens.count <= contextLength else {
            throw .tooLong(text: words.joined(separator: " "), count: tokens.count, contextLength: contextLength)
        }
        let rest = contextLength - tokens.count
        return MaskedSentence(
            tokens: tokens + Array(repeating: Int32(tokenizer.paddingID), count: rest),
            words: labels + Array(repeating: Int64(M2CLIPLoss.unmasked), count: rest))
    }

    private static let maskWord = "mask"
}
