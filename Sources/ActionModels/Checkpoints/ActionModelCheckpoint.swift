public import CLIP
internal import Foundation
public import Torch

/// What a user says about a video model that its files may not.
public struct ActionModelOptions: Sendable {
    /// About the CLIP model below, or the model if it is a CLIP.
    public var clip: CheckpointOptions
    /// The CLIP model that a checkpoint of trained tensors is put on; a path.
    public var backbone: String?
    /// The number of frames T of a clip, where the weights do not tell it or allow others.
    public var frames: Int?
    /// The number of heads of EVL's decoder, which its weights do not tell; nil means heads 64 wide.
    public var decoderHeads: Int?
    /// Whether EVL's temporal positions are interpolated where `frames` is another number than they are made for.
    public var interpolatesFrames = false

    /// Makes options.
    ///
    /// - Parameters:
    ///   - clip: about the CLIP model below, or the model if it is a CLIP.
    ///   - backbone: the path of the CLIP model that a checkpoint of trained tensors is put on.
    ///   - frames: the number of frames of a clip.
    public init(clip: CheckpointOptions = CheckpointOptions(), backbone: String? = nil, frames: Int? = nil) {
        self.clip = clip
        self.backbone = backbone
        self.frames = frames
    }
}

/// A video model as it stands in its files: Verb's directory, a reference's checkpoint, or a CLIP of any format.
public struct ActionModelCheckpoint: Sendable {
    /// Where it was read from.
    public let path: String
    /// What kind of file or folder that is, for people.
    public let layout: String
    /// The architecture.
    public let configuration: ActionModelConfiguration
    /// How pictures become input.
    public let preprocessing: Preprocessing
    /// The weights by the model's names, in the types of the files.
    public let tensors: [String: Tensor]
    /// The names of the trained classes, in their order, where the model's folder tells them.
    public let classNames: [String]?
    /// Where the vocabulary was found, if it came with the model or the CLIP below.
    public let vocabularyPath: String?
    /// What is odd but did not stop the reading.
    public let warnings: [String]
    /// The CLIP model that this is; nil for the other kinds.
    public let clip: CLIPCheckpoint?
    /// Whether tensors that the model does not declare are an error; else they are left out.
    let isStrict: Bool

    /// Builds the model; every call gives weights of its own.
    ///
    /// - Parameters:
    ///   - dtype: the type of all parameters but those of ActionCLIP's aggregator, which stay float32.
    ///   - device: where the model lives.
    /// - Returns: the model and its parameters.
    /// - Throws: `ActionModelError` with everything that is missing, extra or of another shape, or the names of values
    ///   that are not finite.
    public func model(
        dtype: DType = .float32, device: Device = .cpu
    ) throws(ActionModelError) -> (model: any ActionModel, parameters: Parameters) {
        try configuration.validate()
        var owned: [String: Tensor] = [:]
        for (name, tensor) in tensors {
            // ActionCLIP's aggregator would divide by zero in half precision.
            let wanted = configuration.kind == .actionCLIP && name.hasPrefix("fusion.") ? .float32 : dtype
            let isAsWanted = tensor.dtype == wanted && tensor.device == device
            owned[name] =
                isAsWanted || !tensor.dtype.isFloatingPoint ? tensor.cloned() : tensor.to(dtype: wanted, device: device)
        }
        let built: (model: any ActionModel, parameters: Parameters)
        do {
            let generator = Generator(seed: 0, device: device)
            built = try Parameters.build(.checkpoint(owned, isStrict: isStrict, generator: generator)) {
                configuration.model($0)
            }
        } catch { throw .unfitting(path: path, error) }
        let broken = built.parameters.names.filter { built.parameters[$0]?.isFinite.allTrue == false }
        guard broken.isEmpty else { throw .notFinite(path: path, names: broken) }
        return built
    }
}

extension ActionModelCheckpoint {
    /// The same model with other weights.
    ///
    /// - Parameter tensors: by the same names, of the same shapes.
    /// - Returns: the model; nothing is checked before it is built.
    public func replacing(_ tensors: [String: Tensor]) -> ActionModelCheckpoint {
        ActionModelCheckpoint(
            path: path, layout: layout, configuration: configuration, preprocessing: preprocessing, tensors: tensors,
            classNames: classNames, vocabularyPath: vocabularyPath, warnings: warnings, clip: nil, isStrict: isStrict)
    }
}
