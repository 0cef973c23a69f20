internal import Foundation
public import Torch

/// What a user says about a checkpoint that the files may not.
public struct CheckpointOptions: Sendable {
    /// The activation; overrides every file.
    public var activation: Activation?
    /// A configuration file, open_clip's or Hugging Face's, for weights that come without one.
    public var configurationPath: String?
    /// Whether tensors that no CLIP has are an error; else they are listed as warnings.
    public var isStrict: Bool

    /// Makes options.
    ///
    /// - Parameters:
    ///   - activation: the activation; overrides every file.
    ///   - configurationPath: a configuration file for weights that come without one.
    ///   - isStrict: whether tensors that no CLIP has are an error.
    public init(activation: Activation? = nil, configurationPath: String? = nil, isStrict: Bool = true) {
        self.activation = activation
        self.configurationPath = configurationPath
        self.isStrict = isStrict
    }
}

/// The kinds of place that a CLIP model is read from.
public enum CheckpointLayout: String, Sendable {
    /// Verb's own model directory.
    case verb = "Verb model directory"
    /// A folder with `open_clip_config.json`.
    case openCLIP = "open_clip directory"
    /// A folder with Hugging Face's `config.json`.
    case huggingFace = "Hugging Face directory"
    /// One file of weights.
    case file = "single file"
}

/// A CLIP model as it stands in its files: canonical tensors, architecture, and what belongs to it.
public struct CLIPCheckpoint: Sendable {
    /// Where it was read from.
    public let path: String
    /// The kind of place.
    public let layout: CheckpointLayout
    /// The files of weights and their containers.
    public let files: [(path: String, format: StateFileFormat)]
    /// Whose parameter names the files use.
    public let dialect: CheckpointDialect
    /// The architecture.
    public let configuration: CLIPConfiguration
    /// How pictures become input.
    public let preprocessing: Preprocessing
    /// The weights by canonical name, in the types of the files.
    public let tensors: [String: Tensor]
    /// Where the vocabulary was found, if it came with the model.
    public let vocabularyPath: String?
    /// What is odd but did not stop the reading.
    public let warnings: [String]

    /// The towers that the files hold.
    public var towers: (image: Bool, text: Bool) {
        (tensors["visual.conv1.weight"] != nil, tensors["token_embedding.weight"] != nil)
    }

    /// Builds the model; every call gives weights of its own.
    ///
    /// - Parameters:
    ///   - dtype: the type of all parameters; float32 for the processor.
    ///   - device: where the model lives.
    /// - Returns: the model and its parameters.
    /// - Throws: `CLIPError` with everything that does not fit, or the names of values that are not finite.
    public func model(
        dtype: DType = .float32, device: Device = .cpu
    ) throws(CLIPError) -> (model: CLIPModel, parameters: Parameters) {
        guard towers.image, towers.text else {
            throw .notAModel(
                path: path, detail: "it holds the \(towers.image ? "image" : "text") tower only; both are needed here")
        }
        return try build(dtype, device, tensors) { CLIPModel($0, configuration) }
    }

    /// Builds the image tower alone, also of files that hold nothing else.
    ///
    /// - Parameters:
    ///   - dtype: the type of all parameters.
    ///   - device: where the tower lives.
    /// - Returns: the tower and its parameters.
    /// - Throws: `CLIPError` as `model` does.
    public func imageTower(
        dtype: DType = .float32, device: Device = .cpu
    ) throws(CLIPError) -> (model: ImageTower, parameters: Parameters) {
        guard towers.image else { throw .notAModel(path: path, detail: "it holds no image tower") }
        let own = tensors.filter { $0.key.hasPrefix("visual.") }
        return try build(dtype, device, own) { ImageTower($0 / "visual", configuration) }
    }

    /// Builds the text tower alone, also of files that hold nothing else.
    ///
    /// - Parameters:
    ///   - dtype: the type of all parameters.
    ///   - device: where the tower lives.
    /// - Returns: the tower and its parameters.
    /// - Throws: `CLIPError` as `model` does.
    public func textTower(
        dtype: DType = .float32, device: Device = .cpu
    ) throws(CLIPError) -> (model: TextTower, parameters: Parameters) {
        guard towers.text else { throw .notAModel(path: path, detail: "it holds no text tower") }
        let own = tensors.filter { !$0.key.hasPrefix("visual.") && $0.key != "logit_scale" }
        return try build(dtype, device, own) { TextTower($0, configuration) }
    }

    private func build<Model>(
        _ dtype: DType, _ device: Device, _ tensors: [String: Tensor], _ body: (Scope) -> Model
    ) throws(CLIPError) -> (model: Model, parameters: Parameters) {
        try configuration.validate()
        let owned = tensors.mapValues { tensor in
            guard tensor.dtype.isFloatingPoint else { return tensor }
            let isAsWanted = tensor.dtype == dtype && tensor.device == device
            return isAsWanted ? tensor.cloned() : tensor.to(dtype: dtype, device: device)
        }
        let built: (model: Model, parameters: Parameters)
        do {
            built = try Parameters.build(.checkpoint(owned, generator: Generator(seed: 0, device: device)), body)
        } catch { throw .unfitting(path: path, error) }
        let broken = built.parameters.names.filter { built.parameters[$0]?.isFinite.allTrue == false }
        guard broken.isEmpty else { throw .notFinite(path: path, names: broken) }
        return built
    }

    /// The same model for another input size, its position tables resized.
    ///
    /// - Parameters:
    ///   - imageSize: the new side of the picture, a multiple of the patch size; nil keeps it.
    ///   - contextLength: the new number of text positions; nil keeps it.
    ///   - rule: how image positions are resized.
    /// - Returns: a checkpoint with other positions, sizes and preprocessing.
    /// - Throws: `CLIPError.badConfiguration` when the sizes cannot be, `.inconsistentWeights` for other tables.
    public func resized(
        imageSize: Int? = nil, contextLength: Int? = nil, rule: PositionResize = .openCLIP
    ) throws(CLIPError) -> CLIPCheckpoint {
        var (configuration, preprocessing, tensors) = (configuration, preprocessing, tensors)
        configuration.vision.imageSize = imageSize ?? configuration.vision.imageSize
        configuration.text.contextLength = contextLength ?? configuration.text.contextLength
        preprocessing.imageSize = imageSize ?? preprocessing.imageSize
        if imageSize != nil { preprocessing.shortSide = nil }
        try configuration.validate()
        let (vision, text) = (self.configuration.vision, self.configuration.text)
        if imageSize != nil {
            let table = try positions("visual.positional_embedding", [vision.tokens, vision.blocks.width])
            let grid = configuration.vision.grid
            tensors["visual.positional_embedding"] = rule(table, height: grid, width: grid)
        }
        if contextLength != nil {
            let table = try positions("positional_embedding", [text.contextLength, text.blocks.width])
            tensors["positional_embedding"] = PositionResize.text(table, length: configuration.text.contextLength)
        }
        return CLIPCheckpoint(
            path: path, layout: layout, files: files, dialect: dialect, configuration: configuration,
            preprocessing: preprocessing, tensors: tensors, vocabularyPath: vocabularyPath, warnings: warnings)
    }

    private func positions(_ name: String, _ shape: [Int]) throws(CLIPError) -> Tensor {
        guard let table = tensors[name], table.shape == shape, table.dtype.isFloatingPoint else {
            let found = tensors[name].map { "\($0.dtype) \($0.shape)" } ?? "nothing"
            throw .inconsistentWeights(path: path, detail: "\(name): the model has \(shape), the checkpoint \(found)")
        }
        return table
    }
}
