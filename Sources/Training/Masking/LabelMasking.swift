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
    }

    /// The sentence around class names.
    public let template: PromptTemplate
    /// How much is masked.
    public let options: Options
    private let tokenizer: Tokenizer
    private let vocabulary: LabelVocabulary
    private let contextLength: Int

    /// Makes the masking of a data set's sentences.
    ///
    /// - Parameters:
    ///   - tokenizer: the text tower's.
    ///   - vocabulary: the label words.
    ///   - contextLength: the length N of a sentence in tokens.
    ///   - template: the sentence around class names.
    ///   - options: how much is masked.
    public init(
        _ tokenizer: Tokenizer, vocabulary: LabelVocabulary, contextLength: Int = 77, template: PromptTemplate = .video,
        options: Options = Options()
    ) {
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.contextLength = contextLength
        self.template = template
        self.options = options
    }

    /// The sentence of a class, masked or not.
    ///
    /// One real number is drawn first: below the probability, the sentence is masked. Then come, for n words, n - 1
    /// whole numbers in 0...i for i from n - 1 down to 1: with which earlier place the i-th changes its own.
    ///
    /// - Parameters:
    ///   - label: the class's name.
    ///   - draws: where random numbers come from.
    /// - Returns: tokens and masked words.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func callAsFunction(
        _ label: String, draws: inout some DrawSource
    ) throws(TokenizerError) -> MaskedSentence {
        guard draws.real(in: 0..<1) < options.probability else { return try plain(label) }
        var order = Array(LabelSentence.words(of: template(label)).indices)
        for place in order.indices.dropFirst().reversed() {
            order.swapAt(place, draws.integer(in: 0..<place + 1))
        }
        return try masked(label, order: order)
    }

    /// The sentence of a class without masks.
    ///
    /// - Parameter label: the class's name.
    /// - Returns: tokens; no position counts.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func plain(_ label: String) throws(TokenizerError) -> MaskedSentence {
        try sentence(LabelSentence.words(of: template(label)), masking: [])
    }

    /// The sentence of a class with the first words of an order masked.
    ///
    /// - Parameters:
    ///   - label: the class's name.
    ///   - order: the places of all its words in a random order.
    /// - Returns: tokens and masked words.
    /// - Throws: `TokenizerError` for sentences that are too long.
    public func masked(_ label: String, order: [Int]) throws(TokenizerError) -> MaskedSentence {
        let words = LabelSentence.words(of: template(label))
        precondition(order.sorted() == Array(words.indices), "masking: \(order) is no order of \(words.count) words")
        return try sentence(words, masking: Set(order.prefix(Self.count(of: words.count, rate: options.rate))))
    }

    /// The number of words that are masked.
    ///
    /// - Parameters:
    ///   - words: the number of words.
    ///   - rate: the share to mask.
    /// - Returns: at least 1, halves rounded to even.
    public static func count(of words: Int, rate: Double) -> Int {
        max(1, Int((Double(words) * rate).rounded(.toNearestOrEven)))
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
