internal import CLIP
public import Torch

/// Whose checkpoint layout a file follows: what each method's reference saves.
///
/// The names of tensors here are free of containers and of the `module.` that data-parallel wrappers put before them.
enum ReleasedLayout: CaseIterable {
    case actionCLIP, m2CLIP, evl, stAdapter

    init?(of names: Set<String>) {
        guard let layout = Self.allCases.first(where: { $0.recognizes(names) }) else { return nil }
        self = layout
    }

    var kind: ActionModelKind {
        switch self {
        case .actionCLIP: .actionCLIP
        case .m2CLIP: .m2CLIP
        case .evl: .evl
        case .stAdapter: .stAdapter
        }
    }

    private func recognizes(_ names: Set<String>) -> Bool {
        switch self {
        case .actionCLIP: ActionCLIPLayout.recognizes(names)
        case .m2CLIP: M2CLIPLayout.recognizes(names)
        case .evl: EVLLayout.recognizes(names)
        case .stAdapter: STAdapterLayout.recognizes(names)
        }
    }

    /// The tensors under the names that Verb's model declares.
    func canonical(_ tensors: [String: Tensor], path: String) throws(ActionModelError) -> [String: Tensor] {
        switch self {
        case .actionCLIP: try ActionCLIPLayout.canonical(tensors, path: path)
        case .m2CLIP: try M2CLIPLayout.canonical(tensors, path: path)
        case .evl: try EVLLayout.canonical(tensors, path: path)
        case .stAdapter: try STAdapterLayout.canonical(tensors, path: path)
        }
    }

    /// Whether the file holds the image tower too, by canonical names.
    func isWhole(_ tensors: [String: Tensor]) -> Bool {
        switch self {
        case .actionCLIP: tensors["model.visual.conv1.weight"] != nil
        case .m2CLIP: tensors["visual.conv1.weight"] != nil
        case .evl: tensors["backbone.conv1.weight"] != nil
        case .stAdapter: tensors["conv1.weight"] != nil
        }
    }

    /// Reads the architecture off the shapes of canonical tensors.
    func configuration(
        inferredFrom tensors: [String: Tensor], clip: CLIPConfiguration?, _ options: ActionModelOptions, path: String
    ) throws(ActionModelError) -> ActionModelConfiguration {
        let frames = options.frames
        return switch self {
        case .actionCLIP:
            .actionCLIP(
                try ActionCLIPLayout.configuration(inferredFrom: tensors, clip: clip, frames: frames, path: path))
        case .m2CLIP:
            .m2CLIP(try M2CLIPLayout.configuration(inferredFrom: tensors, clip: clip, frames: frames, path: path))
        case .evl:
            .evl(
                try EVLLayout.configuration(
                    inferredFrom: tensors, clip: clip, frames: frames, decoderHeads: options.decoderHeads, path: path))
        case .stAdapter:
            .stAdapter(
                try STAdapterLayout.configuration(inferredFrom: tensors, clip: clip, frames: frames, path: path))
        }
    }
}

extension ActionModelConfiguration {
    /// CLIP's canonical tensors under the names of the model's frozen or initial part.
    ///
    /// - Parameter clip: tensors of a CLIP of the sizes that the model builds on.
    /// - Returns: the model's tensors that come from CLIP; others are new.
    public func backbone(_ clip: [String: Tensor]) -> [String: Tensor] {
        switch self {
        case .clip: clip
        case .actionCLIP(let configuration): ActionCLIPLayout.backbone(clip, configuration)
        case .m2CLIP(let configuration): M2CLIPLayout.backbone(clip, configuration)
        case .evl(let configuration): EVLLayout.backbone(clip, configuration)
        case .stAdapter(let configuration): STAdapterLayout.backbone(clip, configuration)
        case .linearProbe: LinearProbeConfiguration.backbone(clip)
        }
    }

    /// What the method's reference saves of a model, in the form of its checkpoint.
    ///
    /// - Parameter tensors: all of the model's, by name.
    /// - Returns: nil for CLIP itself, which has layouts of its own, and for what has no reference: linear probes and
    ///   models with two heads.
    public func released(_ tensors: [String: Tensor]) -> SavedValue? {
        switch self {
        case .clip, .linearProbe: nil
        case .actionCLIP(let configuration):
            configuration.token == nil
                ? ReleasedContainer.actionCLIP(ActionCLIPLayout.released(tensors, configuration)) : nil
        case .m2CLIP(let configuration): ReleasedContainer.model(M2CLIPLayout.released(tensors, configuration))
        case .evl(let configuration):
            ReleasedContainer.model(EVLLayout.released(tensors, configuration), prefix: ReleasedContainer.wrapper)
        case .stAdapter(let configuration): ReleasedContainer.model(STAdapterLayout.released(tensors, configuration))
        }
    }
}
