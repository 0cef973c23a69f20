/// A table that can be made anew: its rows, and the name of its page.
public enum ReproductionSuite: String, Sendable, CaseIterable {
    /// The papers' ablations.
    case puppets
    /// The threefold distillation, C0 to C9 of its page.
    case distillation

    /// The rows of the table.
    public var rows: [Ablation] {
        switch self {
        case .puppets: Ablation.puppets
        case .distillation: DistillationRow.all.map { $0.ablation }
        }
    }
}
