import Recognition
import Torch
import Training

extension StartingPoint {
    /// The model of a name or path, with its tokenizer.
    ///
    /// - Parameters:
    ///   - name: a path, OWNER/NAME of a fetched model, or a bundled model's.
    ///   - vocabulary: the vocabulary's file; nil looks for it.
    ///   - library: where models are looked for.
    /// - Returns: the start of a run.
    /// - Throws: `RecognitionError` for a model that cannot be found or read.
    static func named(
        _ name: String, vocabulary: String? = nil, _ library: ModelLibrary = .withHubCache
    ) async throws(RecognitionError) -> StartingPoint {
        let reference = try library.locate(name)
        return try await TorchThread.run { () throws(RecognitionError) in
            let files = try library.files(of: reference, vocabulary: vocabulary)
            return StartingPoint(files.checkpoint, tokenizer: files.tokenizer, hasOwnVocabulary: files.hasOwnVocabulary)
        }
    }
}
