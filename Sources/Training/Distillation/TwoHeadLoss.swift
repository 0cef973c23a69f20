public import ActionModels
public import Torch

/// The loss of a student whose two heads learn from the ground truth, from a teacher, or from both.
///
///     L = (1-α) A(v_F, u(y), y) + α D(v_Q)
///
/// D is the ``DistillationMode``'s. Every term is a mean over rows of a batch, so that rows of several processes can be
/// gathered first, as ``LossSharing`` does. Source: the page of the threefold distillation, sections 4.3 and 5.
public struct TwoHeadLoss: Codable, Sendable, Equatable {
    /// What a batch is compared with.
    public struct Inputs: Sendable {
        /// The student's views of the clips, not normalised, `[B, E]`.
        public var views: VideoViews
        /// The text features u(y) of the clips' classes under drawn prompts, not normalised, `[B, E]`.
        public var texts: Tensor
        /// The classes y (int64) `[B]`.
        public var labels: Tensor
        /// The logarithm of the student's scale s, one number.
        public var logitScale: Tensor
        /// What the teacher says.
        public var teacher: TeacherScores?
        /// The text features u(ŷ) of the teacher's classes under the same prompts, not normalised, `[B, E]`.
        public var teacherTexts: Tensor?
        /// The student's unit class vectors c_S, ``LabelFeatures/classVectors``, `[K, E]`.
        public var classes: Tensor?

        /// Collects what every mode needs.
        ///
        /// - Parameters:
        ///   - views: the student's views of the clips.
        ///   - texts: u(y) `[B, E]`.
        ///   - labels: y `[B]`.
        ///   - logitScale: the logarithm of the student's scale.
        public init(views: VideoViews, texts: Tensor, labels: Tensor, logitScale: Tensor) {
            self.views = views
            self.texts = texts
            self.labels = labels
            self.logitScale = logitScale
        }
    }

    /// The losses of one batch.
    public struct Value: Sendable {
        /// The term of the ground truth, not weighted, one number.
        public let truth: Tensor
        /// The other head's term, not weighted, one number; nil with one head.
        public let second: Tensor?
        /// The weighted sum.
        public let total: Tensor
    }

    /// What the heads learn from.
    public var mode: DistillationMode
    /// The share α of the second term, from 0 to 1; 0 leaves ActionCLIP's loss.
    public var alpha: Double
    /// The temperature τ of the soft modes.
    public var temperature: Double

    /// Makes the page's loss of a mode.
    ///
    /// - Parameter mode: what the heads learn from.
    public init(_ mode: DistillationMode = .twoHeadGroundTruth) {
        self.mode = mode
        (alpha, temperature) = mode.defaults
    }

    /// Checks the numbers.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (0...1).contains(alpha) else { throw .badRecipe("alpha is \(alpha); it must be 0 to 1") }
        guard temperature > 0, temperature.isFinite else {
            throw .badRecipe("temperature is \(temperature); it must be a number above 0")
        }
    }

    /// Computes the losses of a batch.
    ///
    /// - Parameter inputs: what the mode compares; a programmer's mistake where something of it is missing.
    /// - Returns: both terms and their weighted sum.
    public func callAsFunction(_ inputs: Inputs) -> Value {
        let isSwapped = mode == .swap
        let truth = inputs.matched(
            isSwapped ? inputs.token(mode) : inputs.views.frame, inputs.texts, inputs.labels)
        guard let other = second(inputs) else { return Value(truth: truth, second: nil, total: truth) }
        return Value(truth: truth, second: other, total: truth * (1 - alpha) + other * alpha)
    }

    private func second(_ inputs: Inputs) -> Tensor? {
        switch mode {
        case .single: return nil
        case .twoHeadGroundTruth: return inputs.matched(inputs.token(mode), inputs.texts, inputs.labels)
        case .deitHard, .swap:
            let view = mode == .swap ? inputs.views.frame : inputs.token(mode)
            guard let texts = inputs.teacherTexts else { missing("texts of the teacher's classes") }
            return inputs.matched(view, texts, teacher(inputs).labels)
        case .deitHardClasses: return classLogits(inputs).crossEntropy(teacher(inputs).labels)
        case .deitSoft: return divergence(inputs) / Double(inputs.labels.shape[0])
        case .deitSoftCode: return divergence(inputs) / Double(teacher(inputs).logits.count)
        }
    }

    /// `τ² Σ KL(softmax(z_T/τ) ‖ softmax(z_Q/τ))`, one number.
    private func divergence(_ inputs: Inputs) -> Tensor {
        SoftenedDivergence(temperature: temperature)(classLogits(inputs), teacher: teacher(inputs).logits)
    }

    /// `z_Q = s n(v_Q) c_Sᵀ`, `[B, K]`.
    private func classLogits(_ inputs: Inputs) -> Tensor {
        guard let classes = inputs.classes else { missing("class vectors") }
        return inputs.token(mode).normalized().matmul(classes.transposed()) * inputs.logitScale.exp
    }

    private func teacher(_ inputs: Inputs) -> TeacherScores {
        guard let teacher = inputs.teacher else { missing("teacher") }
        return teacher
    }

    private func missing(_ what: String) -> Never { fatalError("TwoHeadLoss: \(mode.rawValue) without \(what)") }
}

extension TwoHeadLoss.Inputs {
    /// The token view of a mode that needs it.
    fileprivate func token(_ mode: DistillationMode) -> Tensor {
        guard let token = views.token else { fatalError("TwoHeadLoss: \(mode.rawValue) of a model with one head") }
        return token
    }

    /// `A(v, u, y)`, one number.
    fileprivate func matched(_ view: Tensor, _ texts: Tensor, _ labels: Tensor) -> Tensor {
        let logits = view.normalized().matmul(texts.normalized().transposed()) * logitScale.exp  // [B, B]
        return SoftTargetContrastiveLoss()(logits, labels: labels).total
    }
}
