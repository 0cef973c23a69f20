public import ActionModels
internal import CLIP
public import Torch

/// A method's model and how it is trained.
public enum PresetModel: Sendable, Equatable {
    /// The four methods, by the names that files use.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// ActionCLIP, and CLIP itself by the mean of frames.
        case actionCLIP = "actionclip"
        /// M2-CLIP.
        case m2clip
        /// EVL.
        case evl
        /// ST-Adapter.
        case stAdapter = "st-adapter"
    }

    /// ActionCLIP; without a recipe for models that are used as they are.
    case actionCLIP(ActionCLIPConfiguration, recipe: ActionCLIPRecipe?)
    /// M2-CLIP; without a recipe for configurations that no script uses.
    case m2clip(M2CLIPConfiguration, recipe: M2CLIPRecipe?)
    /// EVL; without a recipe for configurations that no script uses.
    case evl(EVLConfiguration, recipe: EVLRecipe?)
    /// ST-Adapter; without a recipe for configurations that no script uses.
    case stAdapter(STAdapterConfiguration, recipe: STAdapterRecipe?)

    /// The method.
    public var method: Method {
        switch self {
        case .actionCLIP: .actionCLIP
        case .m2clip: .m2clip
        case .evl: .evl
        case .stAdapter: .stAdapter
        }
    }

    /// The size of the model's parts and the work of one clip.
    public var cost: ActionModelCost {
        switch self {
        case .actionCLIP(let configuration, _): configuration.cost
        case .m2clip(let configuration, _): configuration.cost
        case .evl(let configuration, _): configuration.cost
        case .stAdapter(let configuration, _): configuration.cost
        }
    }

    /// The number of frames of a clip.
    public var frames: Int {
        switch self {
        case .actionCLIP(let configuration, _): configuration.frames
        case .m2clip(let configuration, _): configuration.frames
        case .evl(let configuration, _): configuration.frames
        case .stAdapter(let configuration, _): configuration.frames
        }
    }

    /// The side of the input pictures in pixels.
    public var imageSize: Int {
        switch self {
        case .actionCLIP(let configuration, _): configuration.clip.vision.imageSize
        case .m2clip(let configuration, _): configuration.clip.vision.imageSize
        case .evl(let configuration, _): configuration.vision.imageSize
        case .stAdapter(let configuration, _): configuration.vision.imageSize
        }
    }

    /// Whether there is a recipe.
    public var hasRecipe: Bool {
        switch self {
        case .actionCLIP(_, let recipe): recipe != nil
        case .m2clip(_, let recipe): recipe != nil
        case .evl(_, let recipe): recipe != nil
        case .stAdapter(_, let recipe): recipe != nil
        }
    }

    /// Whether training changes a parameter.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for parameters that stay as they are.
    public func isTrained(_ name: String) -> Bool {
        switch self {
        case .actionCLIP: ActionCLIPConfiguration.isTrained(name)
        case .m2clip: M2CLIPConfiguration.isTrained(name)
        case .evl(let configuration, _): configuration.isTrained(name)
        case .stAdapter: STAdapterConfiguration.isTrained(name)
        }
    }

    /// Declares the model.
    ///
    /// - Parameter scope: the model's place, the root.
    /// - Returns: the model.
    public func declare(_ scope: Scope) -> any ActionModel {
        switch self {
        case .actionCLIP(let configuration, _): ActionCLIP(scope, configuration)
        case .m2clip(let configuration, _): M2CLIP(scope, configuration)
        case .evl(let configuration, _): EVL(scope, configuration)
        case .stAdapter(let configuration, _): STAdapter(scope, configuration)
        }
    }

    func validateModel() throws(ActionModelError) {
        switch self {
        case .actionCLIP(let configuration, _): try configuration.validate()
        case .m2clip(let configuration, _): try configuration.validate()
        case .evl(let configuration, _): try configuration.validate()
        case .stAdapter(let configuration, _): try configuration.validate()
        }
    }

    func validateRecipe() throws(TrainingError) {
        switch self {
        case .actionCLIP(_, let recipe): try recipe?.validate()
        case .m2clip(_, let recipe): try recipe?.validate()
        case .evl(_, let recipe): try recipe?.validate()
        case .stAdapter(_, let recipe): try recipe?.validate()
        }
    }
}
