/// A row of the table of the threefold distillation: which techniques a student is trained with.
///
/// Source: its page, section 5.
public struct DistillationRow: Sendable, Equatable {
    /// The row's name: `c0` to `c9`, and `c10` of our own.
    public let id: String
    /// Technique I: whether the backbone is the small one.
    public let isSmall: Bool
    /// Technique II: whether spatial targets are learned.
    public let hasSpatial: Bool
    /// Technique III: what the heads learn from; one head with ``DistillationMode/single``.
    public let mode: DistillationMode
    /// What the row shows.
    public let purpose: String
    /// The row without a teacher that stands beside one with.
    public let control: String?
    /// How often the clips are seen, where it is not what the recipe says.
    public let epochs: Int?

    private init(
        _ id: String, _ purpose: String, small isSmall: Bool = false, spatial hasSpatial: Bool = false,
        mode: DistillationMode = .single, control: String? = nil, epochs: Int? = nil
    ) {
        (self.id, self.isSmall, self.hasSpatial, self.mode) = (id, isSmall, hasSpatial, mode)
        (self.purpose, self.control, self.epochs) = (purpose, control, epochs)
    }

    /// The row whose models are the teachers, each of the students with its seed.
    public static let teacher = "c0"

    /// All rows, the teacher first.
    public static let all = [
        DistillationRow(teacher, "baseline, and the teacher"),
        DistillationRow("c1", "I: a small backbone", small: true),
        DistillationRow("c2", "II: spatial targets", spatial: true),
        DistillationRow("c3", "two heads", mode: .twoHeadGroundTruth),
        DistillationRow("c4", "I + III, hard", small: true, mode: .deitHard, control: "c6"),
        DistillationRow("c5", "I + III, soft", small: true, mode: .deitSoft, control: "c6"),
        DistillationRow("c6", "I + two heads", small: true, mode: .twoHeadGroundTruth),
        DistillationRow("c7", "I + II", small: true, spatial: true),
        DistillationRow("c8", "I + II + two heads", small: true, spatial: true, mode: .twoHeadGroundTruth),
        DistillationRow("c9", "I + II + III, hard", small: true, spatial: true, mode: .deitHard, control: "c8"),
        DistillationRow(
            "c10", "C8 trained twice as long", small: true, spatial: true, mode: .twoHeadGroundTruth, epochs: 6),
    ]

    /// The row as a run of the bundled student's recipe.
    public var ablation: Ablation {
        var row = Ablation(
            id, .distillation, "\(id.uppercased()): \(purpose)", recipe: "puppets-distillation", assignments)
        (row.startsSmall, row.teacher) = (isSmall, mode.needsTeacher ? Self.teacher : nil)
        return row
    }

    private var assignments: [String] {
        let heads =
            mode.hasTwoViews
            ? ["recipe.heads={mode: \(mode.rawValue)}"]
            : ["recipe.heads=", "model.aggregator.Transf.token=", "model.fusion="]
        return heads + (hasSpatial ? [] : ["recipe.spatial="]) + (epochs.map { ["recipe.epochs=\($0)"] } ?? [])
    }
}
