internal import Foundation
internal import Torch

extension CLIPCheckpoint {
    /// Reads a model from a directory or a single file of any public CLIP format.
    ///
    /// The format is recognised by content. Weights stay in the mapped files until they are used.
    ///
    /// - Parameters:
    ///   - path: a directory (Verb's, open_clip's or Hugging Face's) or a file of weights.
    ///   - options: what the files do not say.
    /// - Throws: `CLIPError`; nothing in a file is executed, whatever it holds.
    public init(path: String, options: CheckpointOptions = CheckpointOptions()) throws(CLIPError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw .notAModel(path: path, detail: "no such file or directory")
        }
        let sources = isDirectory.boolValue ? try ModelFiles(directory: path) : ModelFiles(file: path)
        try self.init(sources, options)
    }

    private init(_ sources: ModelFiles, _ options: CheckpointOptions) throws(CLIPError) {
        let path = sources.path
        let (files, stored) = try sources.weights()
        let canonical = try CanonicalTensors(stored, path: path)
        var (tensors, warnings) = (canonical.tensors, [String]())

        var described: (configuration: CLIPConfiguration, preprocessing: Preprocessing?)?
        if let named = options.configurationPath {
            described = try ModelFiles.foreignConfiguration(named)
        } else {
            described = try sources.configuration()
        }
        var configuration: CLIPConfiguration
        if let described {
            configuration = described.configuration
            configuration.activation = options.activation ?? configuration.activation
        } else {
            guard
                let activation = options.activation
                    ?? (canonical.hasOpenAIExtras || files.contains { $0.format == .torchScript }
                        ? .quickGELU : canonical.isTinyCLIP ? .gelu : nil)
            else { throw .unknownActivation(path: path) }
            configuration = try CLIPConfiguration(
                inferredFrom: tensors, activation: activation, isPruned: canonical.isTinyCLIP, path: path)
        }
        if !options.isStrict {
            let unknown = try Self.unknownNames(tensors, configuration, path)
            for name in unknown { tensors[name] = nil }
            if !unknown.isEmpty {
                warnings.append("not part of a CLIP, left out: \(unknown.prefix(8).joined(separator: ", "))")
            }
        }
        if let scale = tensors["logit_scale"], scale.count == 1, scale.dtype.isFloatingPoint {
            let value = scale.item(Double.self)
            if !(0...5.3).contains(value) {  // ln 200
                warnings.append("logit_scale is \(value); trained models are near 4.6 (a scale of 100)")
            }
        }
        self.path = path
        layout = sources.layout
        self.files = files
        dialect = canonical.dialect
        self.configuration = configuration
        if let own = described?.preprocessing {
            preprocessing = own
        } else {
            preprocessing = try sources.preprocessing(imageSize: configuration.vision.imageSize)
        }
        guard
            preprocessing.imageSize == configuration.vision.imageSize || canonical.tensors["visual.conv1.weight"] == nil
        else {
            throw .badConfiguration(
                "\(path): pictures are cropped to \(preprocessing.imageSize) pixels, the model takes "
                    + "\(configuration.vision.imageSize)")
        }
        self.tensors = tensors
        vocabularyPath = sources.vocabularyPath
        self.warnings = warnings
    }

    private static func unknownNames(
        _ tensors: [String: Tensor], _ configuration: CLIPConfiguration, _ path: String
    ) throws(CLIPError) -> [String] {
        do throws(ParameterError) {
            _ = try Parameters.build(.checkpoint(tensors)) { CLIPModel($0, configuration) }
            return []
        } catch { return error.unexpected }
    }
}

/// The files of one model.
private struct ModelFiles {
    let path: String
    let layout: CheckpointLayout
    private let weightPaths: [String]
    private let configurationPath: String?

    init(file: String) {
        path = file
        layout = .file
        weightPaths = [file]
        configurationPath = nil
    }

    init(directory: String) throws(CLIPError) {
        path = directory
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
        func full(_ name: String) -> String { directory + "/" + name }
        if names.contains("open_clip_config.json") {
            layout = .openCLIP
            configurationPath = full("open_clip_config.json")
            weightPaths = try Self.openCLIPWeights(names, directory).map(full)
        } else if names.contains("config.json") {
            let configuration = full("config.json")
            let kind = try Self.modelKind(configuration)
            layout = kind == .verb ? .verb : .huggingFace
            configurationPath = configuration
            weightPaths = try Self.huggingFaceWeights(names, directory).map(full)
        } else if let only = Self.onlyWeights(names) {
            layout = .file
            configurationPath = nil
            weightPaths = [full(only)]
        } else {
            throw .notAModel(
                path: directory, detail: "neither config.json nor open_clip_config.json is in this directory")
        }
    }

    /// A folder may hold one checkpoint and nothing that describes it, as TinyCLIP's on a hub.
    private static func onlyWeights(_ names: Set<String>) -> String? {
        let weights = names.filter { name in [".pt", ".pth", ".bin", ".safetensors"].contains { name.hasSuffix($0) } }
        return weights.count == 1 ? weights.first : nil
    }

    private enum Kind { case verb, huggingFace }

    private static func modelKind(_ path: String) throws(CLIPError) -> Kind {
        struct Head: Decodable {
            let model_type: String?
            let format: String?
        }
        let data = try RegularFile.configuration(path)
        let head: Head
        do { head = try JSONDecoder().decode(Head.self, from: data) } catch {
            throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
        }
        if head.format == ModelDirectory.formatName { return .verb }
        guard let type = head.model_type else {
            throw .unreadableConfiguration(
                path: path, detail: "no model_type and no format: not a model's configuration")
        }
        guard HuggingFaceFile.modelTypes.contains(type) else {
            throw .unsupported(path: path, feature: "model_type \(type)")
        }
        return .huggingFace
    }

    private static func openCLIPWeights(_ names: Set<String>, _ path: String) throws(CLIPError) -> [String] {
        let preferred = [
            "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin",
            "open_clip_pytorch_model.pth", "model.safetensors", "pytorch_model.bin", "pytorch_model.pth", "model.pth",
        ]
        let others = [".safetensors", ".bin", ".pth"].flatMap { end in names.filter { $0.hasSuffix(end) }.sorted() }
        guard let name = preferred.first(where: names.contains) ?? others.first else {
            throw .notAModel(path: path, detail: "no file of weights (open_clip_model.safetensors …) in this directory")
        }
        return [name]
    }

    private static func huggingFaceWeights(_ names: Set<String>, _ path: String) throws(CLIPError) -> [String] {
        for (whole, index) in [
            ("model.safetensors", "model.safetensors.index.json"),
            ("pytorch_model.bin", "pytorch_model.bin.index.json"),
        ] {
            if names.contains(whole) { return [whole] }
            guard names.contains(index) else { continue }
            return try shards(path + "/" + index, among: names)
        }
        throw .notAModel(path: path, detail: "no model.safetensors and no pytorch_model.bin in this directory")
    }

    private static func shards(_ index: String, among names: Set<String>) throws(CLIPError) -> [String] {
        struct Index: Decodable { let weight_map: [String: String] }
        let data = try RegularFile.configuration(index)
        let shards: [String]
        do { shards = Set(try JSONDecoder().decode(Index.self, from: data).weight_map.values).sorted() } catch {
            throw .unreadableConfiguration(path: index, detail: jsonProblem(error))
        }
        guard !shards.isEmpty, shards.allSatisfy({ !$0.contains("/") && names.contains($0) }) else {
            throw .notAModel(path: index, detail: "it names files that are not in this directory")
        }
        return shards
    }

    func weights() throws(CLIPError) -> ([(path: String, format: StateFileFormat)], [String: Tensor]) {
        var files: [(path: String, format: StateFileFormat)] = []
        var tensors: [String: Tensor] = [:]
        for path in weightPaths {
            do throws(StateFileError) {
                let file = try StateFile.read(path)
                files.append((path, file.format))
                tensors.merge(try Self.unwrapped(file.root).loadedTensors()) { _, later in later }
            } catch { throw .unreadableWeights(path: path, detail: "\(error)") }
        }
        return (files, tensors)
    }

    /// A training checkpoint holds its weights under one of these names.
    private static func unwrapped(_ root: StateValue) -> StateValue {
        for key in ["state_dict", "model_state_dict", "model"] {
            if let inner = root[key], !inner.tensors.isEmpty { return inner }
        }
        return root
    }

    static func foreignConfiguration(_ path: String) throws(CLIPError) -> (CLIPConfiguration, Preprocessing?) {
        let data = try RegularFile.configuration(path)
        if let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any], root["model_type"] != nil {
            return (try HuggingFaceFile(data, path: path).configuration, nil)
        }
        let file = try OpenCLIPFile(data, path: path)
        return (file.configuration, file.preprocessing)
    }

    func configuration() throws(CLIPError) -> (configuration: CLIPConfiguration, preprocessing: Preprocessing?)? {
        guard let configurationPath else { return nil }
        if layout == .verb {
            let file = try ModelDirectory.read(
                CLIPConfiguration.self, kind: ModelDirectory.clipKind, from: configurationPath)
            try file.architecture.validate()
            return (file.architecture, file.preprocessing)
        }
        return try Self.foreignConfiguration(configurationPath)
    }

    func preprocessing(imageSize: Int) throws(CLIPError) -> Preprocessing {
        let file = path + "/preprocessor_config.json"
        guard layout == .huggingFace, FileManager.default.fileExists(atPath: file) else {
            return Preprocessing(imageSize: imageSize)
        }
        return try Preprocessing(huggingFace: RegularFile.configuration(file), path: file, imageSize: imageSize)
    }

    var vocabularyPath: String? {
        guard layout != .file else { return nil }
        let folder = FileManager.default
        if folder.fileExists(atPath: path + "/tokenizer.json") { return path + "/tokenizer.json" }
        let pair = ["vocab.json", "merges.txt"].allSatisfy { folder.fileExists(atPath: path + "/" + $0) }
        return pair ? path : nil
    }
}
