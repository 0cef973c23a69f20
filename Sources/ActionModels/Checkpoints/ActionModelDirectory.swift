public import CLIP
internal import Foundation
public import Torch

/// Verb's directory of a video model: `config.json`, `model.safetensors`, `labels.txt`, `tokenizer.json`, `README.md`.
public enum ActionModelDirectory {
    static let labelsName = "labels.txt"

    /// What belongs to a model beside its weights.
    public struct Contents: Sendable {
        /// The architecture.
        public var configuration: ActionModelConfiguration
        /// How pictures become input.
        public var preprocessing: Preprocessing
        /// The names of the trained classes, in their order.
        public var classNames: [String]?
        /// The tokenizer's vocabulary, if the model has one of its own.
        public var vocabulary: BytePairVocabulary?
        /// The model card, Markdown.
        public var card: String?
        /// The texts of further files by their names, for those who use the model.
        public var files: [String: String] = [:]

        /// Makes contents.
        ///
        /// - Parameters:
        ///   - configuration: the architecture.
        ///   - preprocessing: how pictures become input.
        ///   - classNames: the names of the trained classes.
        ///   - vocabulary: the tokenizer's vocabulary, if the model has one of its own.
        ///   - card: the model card, Markdown.
        public init(
            configuration: ActionModelConfiguration, preprocessing: Preprocessing, classNames: [String]? = nil,
            vocabulary: BytePairVocabulary? = nil, card: String? = nil
        ) {
            self.configuration = configuration
            self.preprocessing = preprocessing
            self.classNames = classNames
            self.vocabulary = vocabulary
            self.card = card
        }
    }

    /// Writes a model as a directory; it appears whole or not at all.
    ///
    /// - Parameters:
    ///   - contents: what belongs to the model.
    ///   - tensors: by the model's names, for example `Parameters.tensors`.
    ///   - path: the directory; must not exist yet.
    /// - Throws: `ActionModelError` for names of classes that do not fit, values that are not finite, or a folder that
    ///   cannot be written.
    public static func write(
        _ contents: Contents, tensors: [String: Tensor], to path: String
    ) throws(ActionModelError) {
        var texts = contents.files
        texts["README.md"] = contents.card
        if let names = contents.classNames {
            guard names.count == contents.configuration.classes,
                names.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isNewline) })
            else {
                throw .badConfiguration(
                    "\(names.count) names of classes for \(contents.configuration.classes ?? 0) classes, "
                        + "each of one line that is not empty")
            }
            texts[labelsName] = names.map { $0 + "\n" }.joined()
        }
        do throws(CLIPError) {
            try write(contents, tensors, texts, path)
        } catch { throw .clip(error) }
    }

    private static func write(
        _ contents: Contents, _ tensors: [String: Tensor], _ texts: [String: String], _ path: String
    ) throws(CLIPError) {
        func write(_ architecture: some Codable & Sendable) throws(CLIPError) {
            let file = ModelDirectory.File(
                kind: contents.configuration.kind.rawValue, architecture: architecture,
                preprocessing: contents.preprocessing)
            try ModelDirectory.write(
                file, tensors: tensors, vocabulary: contents.vocabulary, texts: texts, to: path)
        }
        switch contents.configuration {
        case .clip(let architecture): try write(architecture)
        case .actionCLIP(let architecture): try write(architecture)
        case .m2CLIP(let architecture): try write(architecture)
        case .evl(let architecture): try write(architecture)
        case .stAdapter(let architecture): try write(architecture)
        case .linearProbe(let architecture): try write(architecture)
        }
    }
}

extension ActionModelCheckpoint {
    /// Reads Verb's directory of a kind other than CLIP.
    init(directory path: String, kind: String, _ options: ActionModelOptions) throws(ActionModelError) {
        let file = path + "/config.json"
        guard let kind = ActionModelKind(rawValue: kind) else {
            throw .unknownLayout(path: file, detail: "a model of kind \(kind), which this version does not know")
        }
        var configuration: ActionModelConfiguration, preprocessing: Preprocessing
        var tensors: [String: Tensor]
        do throws(CLIPError) {
            func read<A: Codable & Sendable>(
                _ wrap: (A) -> ActionModelConfiguration
            ) throws(CLIPError) -> (ActionModelConfiguration, Preprocessing) {
                let content = try ModelDirectory.read(A.self, kind: kind.rawValue, from: file)
                return (wrap(content.architecture), content.preprocessing)
            }
            (configuration, preprocessing) =
                switch kind {
                case .clip: try read(ActionModelConfiguration.clip)
                case .actionCLIP: try read(ActionModelConfiguration.actionCLIP)
                case .m2CLIP: try read(ActionModelConfiguration.m2CLIP)
                case .evl: try read(ActionModelConfiguration.evl)
                case .stAdapter: try read(ActionModelConfiguration.stAdapter)
                case .linearProbe: try read(ActionModelConfiguration.linearProbe)
                }
        } catch { throw .clip(error) }
        try configuration.validate()
        do { tensors = try StateFile.read(path + "/model.safetensors").loadedTensors() } catch {
            throw .inconsistentWeights(path: path, detail: "\(error)")
        }
        if let frames = options.frames {
            if case .evl(var evl) = configuration, options.interpolatesFrames, (1...1024).contains(frames) {
                tensors = EVLLayout.resized(tensors, frames: frames)
                evl.frames = frames
                configuration = .evl(evl)
                try configuration.validate()
            } else {
                configuration = try configuration.withFrames(frames)
            }
        }
        configuration = configuration.with(options.clip.activation)
        guard preprocessing.imageSize == configuration.vision.imageSize else {
            throw .badConfiguration(
                "\(file): pictures are cropped to \(preprocessing.imageSize) pixels, the model takes "
                    + "\(configuration.vision.imageSize)")
        }
        let vocabulary = path + "/tokenizer.json"
        self.init(
            path: path, layout: "Verb model directory", configuration: configuration, preprocessing: preprocessing,
            tensors: tensors, classNames: try Self.classNames(path, configuration),
            vocabularyPath: FileManager.default.fileExists(atPath: vocabulary) ? vocabulary : nil, warnings: [],
            clip: nil, isStrict: options.clip.isStrict)
    }

    private static func classNames(
        _ path: String, _ configuration: ActionModelConfiguration
    ) throws(ActionModelError) -> [String]? {
        let file = path + "/" + ActionModelDirectory.labelsName
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let data: Data
        do { data = try RegularFile.configuration(file) } catch { throw .clip(error) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .badConfiguration("\(file) is not text in UTF-8")
        }
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let names = body.split(whereSeparator: \.isNewline).map(String.init)
        guard names.count == configuration.classes else {
            throw .badConfiguration(
                "\(file) names \(names.count) classes, the model has \(configuration.classes ?? 0)")
        }
        return names
    }
}
