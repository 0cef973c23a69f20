public import ActionModels
public import Torch

/// The sentences of a batch's classes, one for each clip.
public struct ClipTexts: Sendable {
    /// Token ids `[B, N]`; with masked words where the method masks.
    public let tokens: Tensor
    /// The same sentences without masks, `[B, N]`; nil where nothing reads them.
    public let plainTokens: Tensor?
    /// At masked positions the id of the word that was there, elsewhere ``M2CLIPLoss/unmasked``, (int64) `[B, N]`.
    public let words: Tensor?
    /// The number of the prompt that each sentence is made with; nil where that does not matter.
    var prompts: [Int]?
    /// Second sentences of the clips that say what is seen; nil for none.
    var captions: SceneCaptions?

    /// Makes sentences.
    ///
    /// - Parameters:
    ///   - tokens: token ids `[B, N]`.
    ///   - plainTokens: the same sentences without masks.
    ///   - words: ids of the words behind masks.
    public init(tokens: Tensor, plainTokens: Tensor? = nil, words: Tensor? = nil) {
        self.tokens = tokens
        self.plainTokens = plainTokens
        self.words = words
    }
}

/// Sentences that tell the class of each clip and what is seen in it.
struct SceneCaptions: Sendable {
    /// Token ids `[B, N]`.
    let tokens: Tensor
    /// The number of each pair of class and label (int64) `[B]`: clips of one pair are each other's positives.
    let pairs: Tensor
}

/// What one part of one step reads.
public struct TrainingBatch: Sendable {
    /// What is known of the clips.
    public enum Input: Sendable {
        /// Normalised RGB `[B, T, 3, H, W]`.
        case clips(Tensor)
        /// What a frozen tower made of them before.
        case features(EVLFeatures)
    }

    /// What is known of the clips.
    public let input: Input
    /// The class of each clip (int64) `[B]`; the first one of clips with several.
    public let labels: Tensor
    /// What the class head is told, probabilities `[B, K]`, where that is more than the class.
    public let targets: Tensor?
    /// The sentences of the classes.
    public let texts: ClipTexts?
    /// The number of clips of the whole step, all processes and parts together.
    public let total: Int
    /// Whether the model drops what its rates say.
    public let isDropping: Bool
    /// Whether the clip is none of the step's: this process has none and only takes part where all gather.
    public let isPadding: Bool
    /// The clips' positions in the list that is trained on.
    public let positions: [Int]
    /// The part of the run that is over, 0 to 1.
    public let progress: Double

    /// Makes a batch.
    ///
    /// - Parameters:
    ///   - input: what is known of the clips.
    ///   - labels: the class of each clip (int64) `[B]`.
    ///   - targets: probabilities `[B, K]`; nil means the classes.
    ///   - texts: the sentences of the classes.
    ///   - total: the number of clips of the whole step; nil means those of this batch.
    ///   - isDropping: whether the model drops what its rates say.
    ///   - isPadding: whether the clip is none of the step's.
    ///   - positions: the clips' positions in the list, where the method asks for them.
    ///   - progress: the part of the run that is over.
    public init(
        _ input: Input, labels: Tensor, targets: Tensor? = nil, texts: ClipTexts? = nil, total: Int? = nil,
        isDropping: Bool = true, isPadding: Bool = false, positions: [Int] = [], progress: Double = 0
    ) {
        self.input = input
        self.labels = labels
        self.targets = targets
        self.texts = texts
        self.total = total ?? labels.shape[0]
        self.isDropping = isDropping
        self.isPadding = isPadding
        (self.positions, self.progress) = (positions, progress)
    }

    /// The number of clips here.
    public var count: Int { labels.shape[0] }
    /// The share of the step's clips that is here.
    public var share: Double { isPadding ? 0 : Double(count) / Double(total) }

    /// The clips; asking a batch of kept features for them is a programmer's mistake.
    var clips: Tensor {
        guard case .clips(let clips) = input else { fatalError("TrainingBatch: features where clips are wanted") }
        return clips
    }
}
