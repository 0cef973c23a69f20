/// What the two heads of a student learn from.
///
/// A is ActionCLIP's loss (``SoftTargetContrastiveLoss``), y the ground truth, ŷ what the teacher thinks the class is,
/// v_F and v_Q the student's views. Source: the page of the threefold distillation, section 4.3.
public enum DistillationMode: String, Codable, Sendable, CaseIterable {
    /// `A(v_F, u(y), y)`: one head, ActionCLIP itself.
    case single
    /// `(1-α) A(v_F, u(y), y) + α A(v_Q, u(y), y)`: the control without a teacher.
    case twoHeadGroundTruth = "two_head_gt"
    /// `(1-α) A(v_F, u(y), y) + α A(v_Q, u(ŷ), ŷ)`: texts and positives of the second term are the teacher's.
    case deitHard = "deit_hard"
    /// `(1-α) A(v_F, u(y), y) + α CE(z_Q, ŷ)`: the second term over all classes.
    case deitHardClasses = "deit_hard_classes"
    /// `(1-α) A(v_F, u(y), y) + α τ² (1/B) Σ KL(softmax(z_T/τ) ‖ softmax(z_Q/τ))`.
    case deitSoft = "deit_soft"
    /// The same divided by B K, as DeiT's released code has it.
    case deitSoftCode = "deit_soft_code"
    /// `(1-α) A(v_Q, u(y), y) + α A(v_F, u(ŷ), ŷ)`: `deit_hard` with the views exchanged.
    case swap

    /// Whether a second view is learned.
    public var hasTwoViews: Bool { self != .single }

    /// Whether a teacher says something.
    public var needsTeacher: Bool {
        switch self {
        case .single, .twoHeadGroundTruth: false
        case .deitHard, .deitHardClasses, .deitSoft, .deitSoftCode, .swap: true
        }
    }

    /// Whether the texts of the teacher's classes are compared with, under the prompts of the ground truth's.
    public var needsTeacherTexts: Bool { self == .deitHard || self == .swap }

    /// Whether all classes compete.
    public var needsClassVectors: Bool {
        self == .deitHardClasses || self == .deitSoft || self == .deitSoftCode
    }

    /// The page's share α of the second term and temperature τ.
    var defaults: (alpha: Double, temperature: Double) {
        switch self {
        case .single: (0, 1)
        case .deitSoft: (0.1, 3)
        case .twoHeadGroundTruth, .deitHard, .deitHardClasses, .deitSoftCode, .swap: (0.5, 1)
        }
    }
}
