internal import Foundation
public import Torch

/// Verb's own model directory: `config.json`, `model.safetensors`, `tokenizer.json`, `README.md`.
public enum ModelDirectory {
    /// The value of `format` in `config.json`.
    static let formatName = "verb"

    /// What `config.json` holds.
    struct Configuration: Codable {
        var format = formatName
        var version = 1
        var kind = "clip"
        var architecture: CLIPConfiguration
        var preprocessing: Preprocessing

        init(architecture: CLIPConfiguration, preprocessing: Preprocessing) {
            self.architecture = architecture
            self.preprocessing = preprocessing
        }

        init(contentsOf path: String) throws(CLIPError) {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .unreadableConfiguration(path: path, detail: "it cannot be read")
            }
            do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
                throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
            }
            guard version == 1 else { throw .unsupported(path: path, feature: "version \(version) of the format") }
            guard kind == "clip" else { throw .unsupported(path: path, feature: "a model of kind \(kind)") }
            try architecture.validate()
            try preprocessing.validate(path)
        }
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
        let broken = tensors.filter { !$0.value.isFinite.allTrue }.keys.sorted()
        guard broken.isEmpty else { throw .notFinite(path: path, names: broken) }
        var files: [(name: String, data: Data)] = []
        var (weights, named) = ("model.safetensors", tensors)
        switch layout {
        case .verb:
            let file = Configuration(architecture: configuration, preprocessing: preprocessing)
            files.append(("config.json", try jsonData(file, path)))
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
