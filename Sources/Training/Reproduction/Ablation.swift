/// One row of a table of ablations: a recipe with some values changed.
public struct Ablation: Sendable, Equatable {
    /// What a row belongs to.
    public enum Family: String, Sendable, Codable, CaseIterable {
        /// Nothing is trained, or a class head only.
        case baselines = "Baselines"
        /// ActionCLIP's aggregators.
        case actionCLIP = "ActionCLIP"
        /// ST-Adapter.
        case stAdapter = "ST-Adapter"
        /// EVL's temporal modules.
        case evl = "EVL"
        /// M2-CLIP's heads.
        case m2CLIPHeads = "M2-CLIP, heads"
        /// M2-CLIP's adapters.
        case m2CLIPAdapters = "M2-CLIP, adapters"
        /// Students of the threefold distillation.
        case distillation = "Threefold distillation"
    }

    /// The row's name in folders and files.
    public let id: String
    /// What it belongs to.
    public let family: Family
    /// What it is, for people.
    public let title: String
    /// The bundled recipe; nil is the frozen CLIP, which needs none.
    public let recipe: String?
    /// The values changed.
    public let assignments: [String]
    /// Whether the run starts from the small CLIP rather than from the frozen one.
    public var startsSmall = false
    /// The row whose model of the same seed is the teacher; nil for none.
    public var teacher: String?

    /// Describes a row.
    ///
    /// - Parameters:
    ///   - id: the row's name in folders and files.
    ///   - family: what it belongs to.
    ///   - title: what it is, for people.
    ///   - recipe: the bundled recipe; nil is the frozen CLIP.
    ///   - assignments: the values changed.
    public init(_ id: String, _ family: Family, _ title: String, recipe: String?, _ assignments: [String] = []) {
        self.id = id
        self.family = family
        self.title = title
        self.recipe = recipe
        self.assignments = assignments
    }
}

extension Ablation {
    /// The papers' ablations on Puppets, from the bundled verb-tiny.
    public static let puppets: [Ablation] = baselines + actionCLIP + evl + m2CLIPHeads + m2CLIPAdapters

    private static var baselines: [Ablation] {
        [
            Ablation("frozen", .baselines, "frozen CLIP, zero-shot", recipe: nil),
            Ablation("linear-probe", .baselines, "linear probe", recipe: "puppets-linear-probe"),
            Ablation("st-adapter", .stAdapter, "ST-Adapter", recipe: "puppets-st-adapter"),
        ]
    }

    private static var actionCLIP: [Ablation] {
        func row(_ id: String, _ title: String, _ aggregator: String) -> Ablation {
            Ablation(
                "actionclip-\(id)", .actionCLIP, title, recipe: "puppets-actionclip",
                ["model.aggregator=\(aggregator)"])
        }
        return [
            row("meanp", "mean (meanP)", "meanP"),
            row("conv1d", "convolution (Conv_1D, over time)", "{Conv_1D: {positions: 32, order: corrected}}"),
            row("lstm", "LSTM", "{LSTM: {positions: 32}}"),
            row(
                "transf", "transformer (Transf)", "{Transf: {positions: 32, layers: 2, heads: 4, layerNormEps: 1e-12}}"),
            row(
                "transf-positions", "Transf, positions drawn at the features' scale (ours)",
                "{Transf: {positions: 32, layers: 2, heads: 4, layerNormEps: 1e-12, positionStd: 1}}"),
            row(
                "transf-cls", "transformer with class token (Transf_cls)",
                "{Transf_cls: {positions: 32, layers: 2, heads: 4, feedForward: 512, dropout: 0.1}}"),
        ]
    }

    private static var evl: [Ablation] {
        func row(_ id: String, _ title: String, _ modules: [Bool]) -> Ablation {
            let names = ["Convolution", "Positions", "CrossAttention"]
            return Ablation(
                "evl-\(id)", .evl, title, recipe: "puppets-evl",
                zip(names, modules).map { "model.hasTemporal\($0)=\($1)" })
        }
        return [
            row("none", "no temporal module", [false, false, false]),
            row("conv", "temporal convolution", [true, false, false]),
            row("pos", "temporal position embedding", [false, true, false]),
            row("cross", "temporal cross-attention", [false, false, true]),
            row("all", "all three", [true, true, true]),
        ]
    }

    private static var m2CLIPHeads: [Ablation] {
        func row(_ id: String, _ title: String, _ off: [String]) -> Ablation {
            Ablation(
                "m2clip-\(id)", .m2CLIPHeads, title, recipe: "puppets-m2clip",
                off.map { "recipe.loss.weights.\($0)=0" })
        }
        return [
            row("con", "contrastive", ["crossModal", "visual", "words"]),
            row("cmc", "+ cross-modal classification (CMC)", ["visual", "words"]),
            row("vc", "+ visual classification (VC)", ["words"]),
            row("all", "+ masked words (CMLM): M2-CLIP", []),
        ]
    }

    private static var m2CLIPAdapters: [Ablation] {
        func row(_ id: String, _ title: String, _ assignments: [String]) -> Ablation {
            Ablation("m2clip-\(id)", .m2CLIPAdapters, title, recipe: "puppets-m2clip", assignments)
        }
        return [
            row("no-text", "without text adapters", ["model.textAdapters.layers=0"]),
            row("enhancement", "temporal enhancement only", ["model.difference=none"]),
            row("difference", "temporal difference only", ["model.enhancementKernel=1"]),
        ]
    }
}
