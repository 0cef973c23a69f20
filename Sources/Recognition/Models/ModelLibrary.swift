public import ActionModels
public import CLIP
public import Foundation
public import Torch

/// Finds and reads the models that users name.
public struct ModelLibrary: Sendable {
    private let cacheLookup: @Sendable (String) -> String?
    private let environment: [String: String]
    private let programFolder: String
    private let workingFolder: String

    /// Makes a library.
    ///
    /// - Parameters:
    ///   - environment: the process's environment; `VERB_VOCABULARY` names CLIP's vocabulary.
    ///   - programFolder: the folder of the program, where its resources are; nil finds it.
    ///   - workingFolder: the folder that the program runs in.
    ///   - cacheLookup: the folder of a hub's model `OWNER/NAME` that was fetched before, else nil.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment, programFolder: String? = nil,
        workingFolder: String = FileManager.default.currentDirectoryPath,
        cacheLookup: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.environment = environment
        self.programFolder = programFolder ?? ProgramResources.runningProgramFolder
        self.workingFolder = workingFolder
        self.cacheLookup = cacheLookup
    }

    /// Finds a model.
    ///
    /// - Parameter name: a path, OWNER/NAME of a hub, or a bundled model's; nil is
    ///   ``BundledModel/standard``.
    /// - Returns: where it is.
    /// - Throws: `RecognitionError.unknownModel` or `.noBundledModel`.
    public func locate(_ name: String?) throws(RecognitionError) -> ModelReference {
        guard let name else { return try bundled(.standard) }
        if FileManager.default.fileExists(atPath: name) { return .path(name) }
        if let path = cacheLookup(name) { return .cached(name: name, path: path) }
        if let model = BundledModel(rawValue: name) { return try bundled(model) }
        throw .unknownModel(name)
    }

    private func bundled(_ model: BundledModel) throws(RecognitionError) -> ModelReference {
        let resources = ProgramResources(of: "Recognition", programFolder: programFolder)
        guard let file = resources.path(of: "\(model.name)/config.json") else { throw .noBundledModel(model.name) }
        return .bundled(model, path: URL(fileURLWithPath: file).deletingLastPathComponent().path)
    }

    /// Reads a model with its tokenizer, on the LibTorch thread.
    ///
    /// The vocabulary is the first of: the given one, the model's own, `VERB_VOCABULARY`, the one that `make setup`
    /// fetched.
    ///
    /// - Parameters:
    ///   - reference: where the model is.
    ///   - options: what its files do not say.
    ///   - vocabulary: the vocabulary's file; nil looks for it.
    ///   - device: where the model computes.
    /// - Returns: the model.
    /// - Throws: `RecognitionError` for a model or vocabulary that cannot be used.
    public func load(
        _ reference: ModelReference, options: ActionModelOptions = ActionModelOptions(), vocabulary: String? = nil,
        device: Device = .cpu
    ) async throws(RecognitionError) -> RecognitionModel {
        try await TorchThread.run { () throws(RecognitionError) in
            let files = try self.files(of: reference, options: options, vocabulary: vocabulary)
            return try RecognitionModel(
                files.checkpoint, tokenizer: files.tokenizer, vocabularyPath: files.vocabularyPath ?? "the vocabulary",
                device: device)
        }
    }

    /// Reads a model's files without building it; belongs on the LibTorch thread.
    ///
    /// - Parameters:
    ///   - reference: where the model is.
    ///   - options: what its files do not say.
    ///   - vocabulary: the vocabulary's file; nil looks for it.
    /// - Returns: the model as it stands in its files, and its tokenizer where it has a text tower.
    /// - Throws: `RecognitionError` for a model or vocabulary that cannot be read.
    public func files(
        of reference: ModelReference, options: ActionModelOptions = ActionModelOptions(), vocabulary: String? = nil
    ) throws(RecognitionError) -> ModelFiles {
        let checkpoint: ActionModelCheckpoint
        do throws(ActionModelError) {
            checkpoint = try ActionModelCheckpoint(path: reference.path, options: options)
        } catch {
            throw .model(error)
        }
        guard checkpoint.configuration.text != nil else {
            return ModelFiles(checkpoint: checkpoint, tokenizer: nil, vocabularyPath: nil)
        }
        let file = try vocabularyPath(of: checkpoint, named: vocabulary)
        do throws(TokenizerError) {
            let tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: file))
            return ModelFiles(checkpoint: checkpoint, tokenizer: tokenizer, vocabularyPath: file)
        } catch { throw .tokenizer(error) }
    }

    private func vocabularyPath(
        of checkpoint: ActionModelCheckpoint, named: String?
    ) throws(RecognitionError) -> String {
        let search = VocabularySearch(environment: environment, folders: [workingFolder, programFolder])
        guard let path = named ?? checkpoint.vocabularyPath ?? search.path() else {
            throw .noVocabulary(model: checkpoint.path)
        }
        return path
    }
}

/// A model as it stands in its files.
public struct ModelFiles: Sendable {
    /// Weights and architecture.
    public let checkpoint: ActionModelCheckpoint
    /// The tokenizer; nil for models without a text tower.
    public let tokenizer: Tokenizer?
    /// The vocabulary's file.
    public let vocabularyPath: String?

    /// Whether the vocabulary belongs to the model and is not CLIP's.
    public var hasOwnVocabulary: Bool {
        checkpoint.vocabularyPath != nil && checkpoint.vocabularyPath == vocabularyPath
    }
}
