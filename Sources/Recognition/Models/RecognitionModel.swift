public import CLIP
internal import Foundation
public import Torch

/// A model that is ready to recognise: towers, tokenizer, and what belongs to them.
public struct RecognitionModel: Sendable {
    /// Where it was read from.
    public let path: String
    /// The towers, float32.
    public let clip: CLIPModel
    /// How pictures become input.
    public let preprocessing: Preprocessing
    /// The tokenizer with the model's vocabulary.
    public let tokenizer: Tokenizer
    /// What is odd about its files but did not stop the reading.
    public let warnings: [String]

    /// Builds a model out of a checkpoint; belongs on the LibTorch thread.
    ///
    /// - Parameters:
    ///   - checkpoint: the model's files.
    ///   - tokenizer: with the vocabulary that the model was trained with.
    ///   - vocabularyPath: the file that messages name.
    ///   - device: where the model computes.
    /// - Throws: `RecognitionError.model` for weights that do not fit, `.wrongVocabulary` for another model's.
    public init(
        _ checkpoint: CLIPCheckpoint, tokenizer: Tokenizer, vocabularyPath: String = "the vocabulary",
        device: Device = .cpu
    ) throws(RecognitionError) {
        try Self.check(tokenizer.vocabulary, at: vocabularyPath, against: checkpoint)
        do { clip = try checkpoint.model(device: device).model } catch { throw .model(error) }
        path = checkpoint.path
        preprocessing = checkpoint.preprocessing
        self.tokenizer = tokenizer
        warnings = checkpoint.warnings
    }

    /// An id past the embedding table would read foreign memory, and an end symbol that is not where the text is
    /// pooled would silently give the features of another position.
    private static func check(
        _ vocabulary: BytePairVocabulary, at path: String, against checkpoint: CLIPCheckpoint
    ) throws(RecognitionError) {
        let text = checkpoint.configuration.text
        let detail: String
        if vocabulary.count != text.vocabularySize {
            detail = "it has \(vocabulary.count) symbols, the model \(text.vocabularySize)"
        } else {
            switch text.pooling {
            case .largestToken where vocabulary.endID != vocabulary.count - 1:
                detail =
                    "the model looks for the largest id, \(vocabulary.count - 1); the end symbol is "
                    + "\(vocabulary.endID)"
            case .firstToken(let id) where vocabulary.endID != id:
                detail = "the model looks for the end symbol \(id), here it is \(vocabulary.endID)"
            case .largestToken, .firstToken: return
            }
        }
        throw .wrongVocabulary(path: path, model: checkpoint.path, detail: detail)
    }
}
