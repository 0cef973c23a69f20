public import CLIP
public import Torch

/// The kinds of video model.
public enum ActionModelKind: String, Sendable, Codable, CaseIterable {
    /// CLIP itself, by the mean of frames.
    case clip
    /// ActionCLIP.
    case actionCLIP = "actionclip"
    /// M2-CLIP.
    case m2CLIP = "m2clip"
    /// EVL.
    case evl
    /// ST-Adapter.
    case stAdapter = "st-adapter"
    /// A class head on a frozen CLIP.
    case linearProbe = "linear-probe"

    /// The method's name as its authors write it.
    public var title: String {
        switch self {
        case .clip: "CLIP"
        case .actionCLIP: "ActionCLIP"
        case .m2CLIP: "M2-CLIP"
        case .evl: "EVL"
        case .stAdapter: "ST-Adapter"
        case .linearProbe: "Linear probe"
        }
    }
}

/// The architecture of a video model of any kind.
public enum ActionModelConfiguration: Sendable, Equatable {
    /// CLIP itself, by the mean of frames.
    case clip(CLIPConfiguration)
    /// ActionCLIP.
    case actionCLIP(ActionCLIPConfiguration)
    /// M2-CLIP.
    case m2CLIP(M2CLIPConfiguration)
    /// EVL.
    case evl(EVLConfiguration)
    /// ST-Adapter.
    case stAdapter(STAdapterConfiguration)
    /// A class head on a frozen CLIP.
    case linearProbe(LinearProbeConfiguration)

    /// The kind of model.
    public var kind: ActionModelKind {
        switch self {
        case .clip: .clip
        case .actionCLIP: .actionCLIP
        case .m2CLIP: .m2CLIP
        case .evl: .evl
        case .stAdapter: .stAdapter
        case .linearProbe: .linearProbe
        }
    }

    /// The image tower's sizes.
    public var vision: VisionConfiguration {
        switch self {
        case .clip(let configuration): configuration.vision
        case .actionCLIP(let configuration): configuration.clip.vision
        case .m2CLIP(let configuration): configuration.clip.vision
        case .evl(let configuration): configuration.vision
        case .stAdapter(let configuration): configuration.vision
        case .linearProbe(let configuration): configuration.clip.vision
        }
    }

    /// The text tower's sizes; nil for models without one.
    public var text: TextConfiguration? {
        switch self {
        case .clip(let configuration): configuration.text
        case .actionCLIP(let configuration): configuration.clip.text
        case .m2CLIP(let configuration): configuration.clip.text
        case .evl, .stAdapter, .linearProbe: nil
        }
    }

    /// The number of trained classes; nil for models without a class head.
    public var classes: Int? {
        switch self {
        case .clip, .actionCLIP: nil
        case .m2CLIP(let configuration): configuration.classes
        case .evl(let configuration): configuration.classes
        case .stAdapter(let configuration): configuration.classes
        case .linearProbe(let configuration): configuration.classes
        }
    }

    /// Whether the model reads a clip with two heads.
    public var hasTwoViews: Bool {
        guard case .actionCLIP(let configuration) = self else { return false }
        return configuration.token != nil
    }

    /// The number of frames of a clip; nil where any number does.
    public var frames: Int? {
        switch self {
        case .clip: nil
        case .actionCLIP(let configuration): configuration.frames
        case .m2CLIP(let configuration): configuration.frames
        case .evl(let configuration): configuration.frames
        case .stAdapter(let configuration): configuration.frames
        case .linearProbe(let configuration): configuration.frames
        }
    }

    /// Whether the method trains a parameter.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for parameters that stay as they are.
    public func isTrained(_ name: String) -> Bool {
        switch self {
        case .clip: false
        case .actionCLIP: ActionCLIPConfiguration.isTrained(name)
        case .m2CLIP: M2CLIPConfiguration.isTrained(name)
        case .evl(let configuration): configuration.isTrained(name)
        case .stAdapter: STAdapterConfiguration.isTrained(name)
        case .linearProbe: LinearProbeConfiguration.isTrained(name)
        }
    }

    /// The same model for clips of another number of frames, where its weights allow it.
    ///
    /// - Parameter frames: the number of frames of a clip.
    /// - Returns: the architecture, validated.
    /// - Throws: `ActionModelError.badConfiguration` for models whose tables have one row a frame, or a number that
    ///   cannot be.
    public func withFrames(_ frames: Int) throws(ActionModelError) -> ActionModelConfiguration {
        let changed: ActionModelConfiguration
        switch self {
        case .clip: return self
        case .actionCLIP(var configuration):
            let isFixed = configuration.temporal == .joint || configuration.aggregator.kind == .classToken
            try require(configuration.frames == frames || !isFixed, configuration.frames, frames)
            configuration.frames = frames
            changed = .actionCLIP(configuration)
        case .m2CLIP(var configuration):
            configuration.frames = frames
            changed = .m2CLIP(configuration)
        case .evl(let configuration):
            try require(
                configuration.frames == frames || !configuration.hasTemporalPositions, configuration.frames, frames)
            var other = configuration
            other.frames = frames
            changed = .evl(other)
        case .stAdapter(var configuration):
            configuration.frames = frames
            changed = .stAdapter(configuration)
        case .linearProbe(var configuration):
            configuration.frames = frames
            changed = .linearProbe(configuration)
        }
        try changed.validate()
        return changed
    }

    private func require(_ isPossible: Bool, _ own: Int, _ asked: Int) throws(ActionModelError) {
        guard isPossible else {
            throw .badConfiguration(
                "\(asked) frames a clip; the model's positions are made for \(own), and were trained for them"
                    + (kind == .evl ? "; --interpolate-frames stretches them" : ""))
        }
    }

    /// The parts' sizes and the work of one clip.
    ///
    /// - Parameter frames: the frames of a clip, for models that take any number.
    /// - Returns: the cost, computed from the configuration alone.
    public func cost(frames: Int = 8) -> ActionModelCost {
        switch self {
        case .clip(let configuration): FrameMeanCLIP.cost(configuration, frames: frames)
        case .actionCLIP(let configuration): configuration.cost
        case .m2CLIP(let configuration): configuration.cost
        case .evl(let configuration): configuration.cost
        case .stAdapter(let configuration): configuration.cost
        case .linearProbe(let configuration): configuration.cost
        }
    }

    /// Checks every number before anything is allocated by it.
    ///
    /// What names or keeps a model of any kind reads square pictures, so others are refused here, also of kinds whose
    /// own configuration allows them.
    ///
    /// - Throws: `ActionModelError` for the first number that cannot be.
    public func validate() throws(ActionModelError) {
        switch self {
        case .clip(let configuration):
            do { try configuration.validate() } catch { throw .clip(error) }
        case .actionCLIP(let configuration): try configuration.validate()
        case .m2CLIP(let configuration): try configuration.validate()
        case .evl(let configuration):
            try configuration.validate()
            do { try configuration.vision.validate(.squares) } catch { throw .clip(error) }
        case .stAdapter(let configuration): try configuration.validate()
        case .linearProbe(let configuration): try configuration.validate()
        }
    }

    /// Declares the model's parameters.
    ///
    /// - Parameter scope: the root.
    /// - Returns: the model.
    public func model(_ scope: Scope) -> any ActionModel {
        switch self {
        case .clip(let configuration): FrameMeanCLIP(CLIPModel(scope, configuration))
        case .actionCLIP(let configuration): ActionCLIP(scope, configuration)
        case .m2CLIP(let configuration): M2CLIP(scope, configuration)
        case .evl(let configuration): EVL(scope, configuration)
        case .stAdapter(let configuration): STAdapter(scope, configuration)
        case .linearProbe(let configuration): LinearProbe(scope, configuration)
        }
    }
}
