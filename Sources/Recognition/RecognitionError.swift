public import ActionModels
public import CLIP
public import Video

/// What can go wrong when actions are to be recognised.
public enum RecognitionError: Error, Sendable, CustomStringConvertible {
    /// No labels were given.
    case noLabels
    /// A label without a word, by its number from 1.
    case emptyLabel(number: Int)
    /// A label that stands twice, letter case and blanks aside.
    case duplicateLabel(String)
    /// A prompt without exactly one place for the label.
    case badPrompt(String)
    /// No prompts were given.
    case noPrompts
    /// A list of labels or prompts that cannot be read.
    case unreadableList(path: String, detail: String)
    /// Neither a path nor a model of the cache.
    case unknownModel(String)
    /// A model that belongs to this program is not beside it.
    case noBundledModel(String)
    /// A model that came without a vocabulary, and CLIP's was not found.
    case noVocabulary(model: String)
    /// A vocabulary that belongs to another model.
    case wrongVocabulary(path: String, model: String, detail: String)
    /// Labels that the model cannot be asked for, or none where it knows none.
    case labelsNeeded(model: String, detail: String)
    /// A setting that cannot be.
    case badSetting(String)
    /// A clip without frames.
    case emptyClip
    /// A model whose scores are not numbers.
    case notFinite
    /// The work was called off.
    case cancelled
    /// Arithmetic that the machine does not have or the model does not bear.
    case precision(CLIPError)
    /// What is wrong with the model.
    case model(ActionModelError)
    /// What is wrong with the vocabulary, or with a text for it.
    case tokenizer(TokenizerError)
    /// What is wrong with the video.
    case video(VideoError)
    /// What is wrong with a source of frames that is no video file.
    case source(String)

    /// Wraps a video's error; a cancelled one becomes ``cancelled``.
    ///
    /// - Parameter error: the video's error.
    init(_ error: VideoError) { self = error.status == .cancelled ? .cancelled : .video(error) }

    /// Wraps the error of a source of frames.
    ///
    /// - Parameter error: the source's error.
    init(ofSource error: any Error) {
        switch error {
        case let error as RecognitionError: self = error
        case let error as VideoError: self.init(error)
        case is CancellationError: self = .cancelled
        default: self = .source("the source of frames failed: \(error)")
        }
    }

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .noLabels: "there are no labels; give at least one action in plain words"
        case .emptyLabel(let number): "label \(number) is empty"
        case .duplicateLabel(let label): "the label \"\(label)\" stands twice"
        case .badPrompt(let text):
            "the prompt \"\(text)\" must have exactly one \(PromptTemplate.placeholder), which stands for the label"
        case .noPrompts: "there are no prompts; give at least one with \(PromptTemplate.placeholder) for the label"
        case .unreadableList(let path, let detail): "\(path): \(detail)"
        case .unknownModel(let name):
            "\(name): no such file or directory, and no such model in the cache; "
                + "fetch one of a hub with `verb pull OWNER/NAME`"
        case .noBundledModel(let name):
            "the bundled model \(name) is not beside this program; "
                + "keep the folder verb_Recognition.resources with it, or name a model"
        case .noVocabulary(let model):
            "\(model): it came without a vocabulary, and CLIP's was not found; "
                + "run `make setup`, or pass --vocabulary FILE (bpe_simple_vocab_16e6.txt.gz or tokenizer.json)"
        case .wrongVocabulary(let path, let model, let detail):
            "\(path): it is not the vocabulary of \(model): \(detail); pass the right one with --vocabulary FILE"
        case .labelsNeeded(let model, let detail): "\(model): \(detail)"
        case .badSetting(let detail): detail
        case .emptyClip: "the clip has no frames"
        case .notFinite: "the model's scores are not numbers; its weights are damaged or too large for their type"
        case .cancelled: "cancelled"
        case .precision(let error): "\(error)"
        case .model(let error): "\(error)"
        case .tokenizer(let error): "\(error)"
        case .video(let error): "\(error)"
        case .source(let detail): detail
        }
    }
}
