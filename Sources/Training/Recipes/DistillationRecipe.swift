public import Torch

/// How an ActionCLIP is trained as a student: ActionCLIP's recipe, and switches that do not depend on one another.
///
///     L = (1-α) A(v_F, u(y), y) + α D(v_Q) + λ_s (1/G) Σ_g weight_g S_g(v_F) + λ_a L_affinity
///
/// With every switch left out it is ActionCLIP's training, to the last bit. In a file the switches stand beside
/// ActionCLIP's keys. Source: the page of the threefold distillation, sections 2 to 5.
public struct DistillationRecipe: Codable, Sendable, Equatable {
    /// Which parts of the student are trained, section 2.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Everything.
        case finetune
        /// Everything but the text tower.
        case frozenText = "frozen_text"
        /// The temporal module and the scale only.
        case frozenBackbone = "frozen_backbone"
    }

    /// Where the temporal module begins, section 2.
    public enum TemporalInit: String, Codable, Sendable, CaseIterable {
        /// At the start's, or at new numbers where it has none.
        case start
        /// At the teacher's, which must have the same sizes.
        case teacher
    }

    /// The optimiser, the rates and the schedule.
    public var actionCLIP = ActionCLIPRecipe()
    /// Which parts are trained.
    public var mode = Mode.finetune
    /// What the heads learn from, section 4.3; nil means one head that learns from the ground truth.
    public var heads: TwoHeadLoss?
    /// The model that is learned from, section 4.3.
    public var teacher: TeacherRecipe?
    /// What is visible in the clips as further targets, section 3.
    public var spatial: SpatialRecipe?
    /// TinyCLIP's affinities as a fourth source, section 5; its weight is λ_a.
    public var affinity: AffinityLoss?
    /// Where the temporal module begins.
    public var temporalInit = TemporalInit.start

    /// Makes ActionCLIP's recipe.
    public init() {}

    /// Whether a step asks the teacher.
    public var asksTeacher: Bool { heads?.mode.needsTeacher == true || affinity != nil }

    /// Whether the text tower's features change while training.
    var trainsTexts: Bool { mode == .finetune && !actionCLIP.isTextFixed }

    /// Whether training changes a parameter.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for what the mode freezes.
    public func isTrained(_ name: String) -> Bool {
        let isBackbone = name.hasPrefix("model.") && name != "model.logit_scale"
        return switch mode {
        case .finetune: true
        case .frozenText: !isBackbone || name.hasPrefix("model.visual.")
        case .frozenBackbone: !isBackbone
        }
    }

    /// ActionCLIP's groups; what belongs to spatial distillation has the temporal module's rate.
    ///
    /// - Parameter trained: the trained parameters of the student and beside it.
    /// - Returns: the groups, without empty ones.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        func group(_ decay: Double, _ isIncluded: (String) -> Bool) -> ParameterGroup {
            ParameterGroup(
                trained.filter { name, _ in SpatialObjectives.owns(name) && isIncluded(name) },
                learningRateScale: actionCLIP.aggregatorRatio, weightDecay: decay)
        }
        let isEta = { (name: String) in name == "spatial.eta" }
        let beside = [group(actionCLIP.method.weightDecay) { !isEta($0) }, group(0, isEta)]
        return actionCLIP.groups(trained.filter { name, _ in !SpatialObjectives.owns(name) })
            + beside.filter { $0.parameters.count > 0 }
    }
}

extension DistillationRecipe {
    private enum CodingKeys: String, CodingKey { case mode, heads, teacher, spatial, affinity, temporalInit }

    /// Reads ActionCLIP's keys and the switches beside them.
    ///
    /// - Parameter decoder: of the part `recipe`.
    /// - Throws: `DecodingError` for a key of ActionCLIP that is missing, and for values of other types.
    public init(from decoder: any Decoder) throws {
        actionCLIP = try ActionCLIPRecipe(from: decoder)
        let file = try decoder.container(keyedBy: CodingKeys.self)
        mode = try file.decodeIfPresent(Mode.self, forKey: .mode) ?? mode
        heads = try file.decodeIfPresent(TwoHeadLoss.self, forKey: .heads)
        teacher = try file.decodeIfPresent(TeacherRecipe.self, forKey: .teacher)
        spatial = try file.decodeIfPresent(SpatialRecipe.self, forKey: .spatial)
        affinity = try file.decodeIfPresent(AffinityLoss.self, forKey: .affinity)
        temporalInit = try file.decodeIfPresent(TemporalInit.self, forKey: .temporalInit) ?? temporalInit
    }

    /// Writes ActionCLIP's keys and the switches that are set.
    ///
    /// - Parameter encoder: the target.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try actionCLIP.encode(to: encoder)
        var file = encoder.container(keyedBy: CodingKeys.self)
        try file.encode(mode, forKey: .mode)
        try file.encodeIfPresent(heads, forKey: .heads)
        try file.encodeIfPresent(teacher, forKey: .teacher)
        try file.encodeIfPresent(spatial, forKey: .spatial)
        try file.encodeIfPresent(affinity, forKey: .affinity)
        try file.encode(temporalInit, forKey: .temporalInit)
    }
}
