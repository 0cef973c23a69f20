public import ActionModels

/// A method's model and how it is trained.
public enum PresetModel: Sendable, Equatable {
    /// ActionCLIP; without a recipe for models that are used as they are.
    case actionCLIP(ActionCLIPConfiguration, recipe: ActionCLIPRecipe?)
    /// ActionCLIP as a student of other models; without a recipe for one that is used as it is.
    case distillation(ActionCLIPConfiguration, recipe: DistillationRecipe?)
    /// M2-CLIP; without a recipe for configurations that no script uses.
    case m2CLIP(M2CLIPConfiguration, recipe: M2CLIPRecipe?)
    /// EVL; without a recipe for configurations that no script uses.
    case evl(EVLConfiguration, recipe: EVLRecipe?)
    /// ST-Adapter; without a recipe for configurations that no script uses.
    case stAdapter(STAdapterConfiguration, recipe: STAdapterRecipe?)
    /// A linear probe; without a recipe for one that is used as it is.
    case linearProbe(LinearProbeConfiguration, recipe: LinearProbeRecipe?)

    /// The model alone.
    public var configuration: ActionModelConfiguration {
        switch self {
        case .actionCLIP(let configuration, _), .distillation(let configuration, _): .actionCLIP(configuration)
        case .m2CLIP(let configuration, _): .m2CLIP(configuration)
        case .evl(let configuration, _): .evl(configuration)
        case .stAdapter(let configuration, _): .stAdapter(configuration)
        case .linearProbe(let configuration, _): .linearProbe(configuration)
        }
    }

    /// Whether there is a recipe.
    public var hasRecipe: Bool {
        switch self {
        case .actionCLIP(_, let recipe): recipe != nil
        case .distillation(_, let recipe): recipe != nil
        case .m2CLIP(_, let recipe): recipe != nil
        case .evl(_, let recipe): recipe != nil
        case .stAdapter(_, let recipe): recipe != nil
        case .linearProbe(_, let recipe): recipe != nil
        }
    }

    func validateRecipe() throws(TrainingError) {
        switch self {
        case .actionCLIP(_, let recipe): try recipe?.validate()
        case .distillation(let configuration, let recipe): try recipe?.validate(for: configuration)
        case .m2CLIP(_, let recipe): try recipe?.validate()
        case .evl(_, let recipe): try recipe?.validate()
        case .stAdapter(_, let recipe): try recipe?.validate()
        case .linearProbe(_, let recipe): try recipe?.validate()
        }
    }
}
