internal import Foundation
public import Torch

/// Verb's own model directory: `config.json`, `model.safetensors`, `tokenizer.json`, `README.md`.
public enum ModelDirectory {
    /// The value of `format` in `config.json`.
    static let formatName = "verb"
    /// The value of `kind` for CLIP models without anything for video.
    package static let clipKind = "clip"

    /// What `config.json` holds for a kind of model.
    package struct File<Architecture: Codable & Sendable>: Codable, Sendable {
        package private(set) var format = formatName
        package private(set) var version = 1
        package let kind: String
        package let architecture: Architecture
        package let preprocessing: Preprocessing

        package init(kind: String, architecture: Architecture, preprocessing: Preprocessing) {
            self.kind = kind
            self.architecture = architecture
            self.preprocessing = preprocessing
        }
    }

    private struct Head: Decodable {
        let format: String?
        let version: Int?
        let kind: String?
    }

    /// The kind of model in a directory.
    ///
    /// - Parameter path: the directory.
    /// - Returns: nil if it is no directory of Verb's.
    /// - Throws: `CLIPError` for Verb's `config.json` of another version.
    package static func kind(of path: String) throws(CLIPError) -> String? {
        let file = path + "/config.json"
        guard let data = try? RegularFile.configuration(file),
            let head = try? JSONDecoder().decode(Head.self, from: data), head.format == formatName
        else { return nil }
        guard head.version == 1 else {
            throw .unsupported(path: file, feature: "version \(head.version ?? 0) of the format")
        }
        return head.kind ?? clipKind
    }

    /// Reads `config.json` of a kind of model; the architecture is not validated yet.
    ///
    /// - Parameters:
    ///   - type: what describes the kind's architecture.
    ///   - kind: the kind.
    ///   - path: the path of `config.json`.
    /// - Returns: the file's content.
    /// - Throws: `CLIPError` for a file that cannot be read or describes something else.
    package static func read<Architecture: Codable & Sendable>(
        _ type: Architecture.Type, kind: String, from path: String
    ) throws(CLIPError) -> File<Architecture> {
        let data = try RegularFile.configuration(path)
        let file: File<Architecture>
        do {
            let head = try JSONDecoder().decode(Head.self, from: data)
            guard head.version == 1 else {
                throw CLIPError.unsupported(path: path, feature: "version \(head.version ?? 0) of the format")
            }
            guard head.kind == kind else {
                throw CLIPError.unsupported(path: path, feature: "a model of kind \(head.kind ?? "?") in this place")
            }
            file = try JSONDecoder().decode(File<Architecture>.self, from: data)
        } catch let error as CLIPError {
            throw error
        } catch {
            throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
        }
        try file.preprocessing.validate(path)
        return file
    }

    /// Writes a model of any kind as Verb's directory; it appears whole or not at all.
    ///
    /// - Parameters:
    ///   - file: what `config.json` holds.
    ///   - tensors: by the model's names.
    ///   - vocabulary: the tokenizer's vocabulary, if the model has one of its own.
    ///   - texts: further files by name.
    ///   - path: the directory; must not exist yet.
    /// - Throws: `CLIPError.unwritable` or `.notFinite`.
    package static func write<Architecture>(
        _ file: File<Architecture>, tensors: [String: Tensor], vocabulary: BytePairVocabulary?,
        texts: [String: String], to path: String
    ) throws(CLIPError) {
        try checkFinite(tensors, path)
        let configuration = try jsonData(file, path)
        try commit(path) { folder in
            try configuration.write(to: folder.appendingPathComponent("config.json"))
            for (name, text) in texts { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            try StateFile.write(
                tensors, metadata: ["format": "pt"], to: folder.appendingPathComponent("model.safetensors").path)
            try vocabulary?.write(to: folder.appendingPathComponent("tokenizer.json"))
        }
    }

    private static func checkFinite(_ tensors: [String: Tensor], _ path: String) throws(CLIPError) {
        let broken = tensors.filter { !$0.value.isFinite.allTrue }.keys.sorted()
        guard broken.isEmpty else { throw .notFinite(path: path, names: broken) }
    }

    /// The layouts that models are written in.
    public enum Layout: String, Sendable, CaseIterable {
        /// Verb's own directory.
        case verb
        /// An open_clip directory: `open_clip_config.json` and `open_clip_model.safetensors`.
        case openCLIP = "open_clip"
        /// A Hugging Face directory: `config.json`, `preprocessor_config.json`, `model.safetensors`.
        case huggingFace = "huggingface"
    }

    /// Writes a model as a directory; it appears whole or not at all.
    ///
    /// - Parameters:
    ///   - path: the directory; must not exist yet.
    ///   - layout: whose layout.
    ///   - configuration: the architecture.
    ///   - preprocessing: how pictures become input.
    ///   - tensors: by canonical name, for example `Parameters.tensors`.
    ///   - vocabulary: the tokenizer's vocabulary, if the model has one of its own.
    ///   - card: the model card, Markdown; nil writes none.
    /// - Throws: `CLIPError.unwritable`, `.notFinite` (also of values too large for half precision), or `.unsupported` for models that a layout cannot describe.
    public static func write(
        to path: String, layout: Layout = .verb, configuration: CLIPConfiguration, preprocessing: Preprocessing,
        tensors: [String: Tensor], vocabulary: BytePairVocabulary? = nil, card: String? = nil
    ) throws(CLIPError) {
        var files: [(name: String, data: Data)] = []
        var (weights, named) = ("model.safetensors", tensors)
        switch layout {
        case .verb:
            let file = File(kind: clipKind, architecture: configuration, preprocessing: preprocessing)
            let texts = card.map { ["README.md": $0] } ?? [:]
            return try write(file, tensors: tensors, vocabulary: vocabulary, texts: texts, to: path)
        case .openCLIP:
            files.append(("open_clip_config.json", try OpenCLIPFile.data(configuration, preprocessing, path: path)))
            weights = "open_clip_model.safetensors"
        case .huggingFace:
            files.append(
                (
                    "config.json",
                    try HuggingFaceFile.data(
                        configuration, startID: vocabulary?.startID, endID: vocabulary?.endID, path: path)
                ))
            files.append(("preprocessor_config.json", try preprocessing.huggingFaceData(path: path)))
            named = HuggingFaceNames.foreign(tensors)
        }
        try checkFinite(tensors, path)
        if let card { files.append(("README.md", Data(card.utf8))) }
        try commit(path) { folder in
            for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
            try StateFile.write(
                named, metadata: ["format": "pt"], to: folder.appendingPathComponent(weights).path)
            try vocabulary?.write(to: folder.appendingPathComponent("tokenizer.json"))
        }
    }

    /// Fills a temporary folder beside the target and renames it.
    private static func commit(_ path: String, _ fill: (URL) throws -> Void) throws(CLIPError) {
        let files = FileManager.default
        guard !files.fileExists(atPath: path) else {
            throw .unwritable(path: path, detail: "it exists already; name another directory or remove it")
        }
        let target = URL(fileURLWithPath: path)
        let draft = target.deletingLastPathComponent()
            .appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))")
        do {
            try files.createDirectory(at: draft, withIntermediateDirectories: true)
            try fill(draft)
            try files.moveItem(at: draft, to: target)
        } catch {
            try? files.removeItem(at: draft)
            throw .unwritable(path: path, detail: "\(error)")
        }
    }
}
