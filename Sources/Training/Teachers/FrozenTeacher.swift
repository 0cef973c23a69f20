internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch

/// A trained model that a student learns from, beside it in each step.
///
/// It sees the student's clips in evaluation mode, records no gradients and never changes. Its pictures and its feature
/// space may have other sizes than the student's: only class scores and similarities are compared.
/// Source: the page of the threefold distillation, section 4.3.
struct FrozenTeacher: Sendable {
    private let model: any ActionModel
    private let scoring: TextScoring
    /// The classes in the teacher's own sentences.
    private let labels: LabelFeatures
    /// The classes in the sentences that students are trained with `[P, K, E]`; nil where nothing compares them.
    private let prompted: Tensor?
    private let adjustment: ClipAdjustment

    /// Encodes the classes.
    ///
    /// - Parameters:
    ///   - teacher: a model that is asked by texts.
    ///   - classes: the names of the classes as sentences hold them.
    ///   - student: how the student's clips are made.
    ///   - isCompared: whether features are compared and not only scores.
    /// - Throws: `TrainingError.badRecipe` for a model that cannot teach this student; `TokenizerError`.
    @TorchActor
    init(
        _ teacher: EvaluationModel, classes: [String], student: StudentClips, isCompared: Bool
    ) throws {
        let (scoring, tokenizer) = try teacher.asTeacher
        if let frames = teacher.model.frames, frames != student.frames {
            throw TrainingError.badRecipe(
                "the teacher \(teacher.path) takes \(frames) frames, the student \(student.frames); set model.frames, or "
                    + "teacher.input=cached")
        }
        (model, self.scoring) = (teacher.model, scoring)
        adjustment = ClipAdjustment(
            own: student.normalization, other: teacher.normalization, imageSize: teacher.model.vision.imageSize)
        labels = try teacher.classFeatures(classes, scoring, tokenizer)
        guard isCompared, let text = teacher.model.text else {
            prompted = nil
            return
        }
        let each = TextScoring(scale: 1, ensemble: .probabilities, templates: PromptTemplate.actionCLIP)
        prompted = try LabelTexts(names: classes, tokenizer: tokenizer).features(text, each).unit
    }

    /// What the teacher makes of clips.
    ///
    /// - Parameter clips: the student's, normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: features without a graph.
    func features(of clips: Tensor) -> ClipFeatures { withoutGradient { model.features(of: adjustment(clips)) } }

    /// What the teacher says of clips.
    ///
    /// - Parameter features: its features of the clips.
    /// - Returns: scores and classes.
    func scores(_ features: ClipFeatures) -> TeacherScores {
        withoutGradient { TeacherScores(features, of: labels, by: scoring) }
    }

    /// What TinyCLIP's loss compares: clips, and the sentences of their classes.
    ///
    /// - Parameters:
    ///   - features: the teacher's features of the clips.
    ///   - prompts: the number of the prompt of each clip.
    ///   - classes: the class of each clip.
    /// - Returns: pairs without a graph.
    func pairs(_ features: ClipFeatures, prompts: [Int], classes: [Int]) -> AffinityLoss.Pairs {
        guard let videos = features.embedding, let prompted else { fatalError("FrozenTeacher: no features to compare") }
        let count = prompted.shape[1], rows = zip(prompts, classes).map { $0 * count + $1 }
        return AffinityLoss.Pairs(
            videos: videos, texts: prompted.reshaped(-1, prompted.shape[2]).selected(0, Tensor(rows)),
            logitScale: logitScale)
    }

    /// The logarithm of the scale that the teacher was trained with; of its rule where it has none.
    private var logitScale: Tensor {
        switch model {
        case let model as ActionCLIP: model.clip.logitScale.detached()
        case let model as FrameMeanCLIP: model.clip.logitScale.detached()
        default: Tensor(Float(log(scoring.scale)))
        }
    }
}

/// How a student's clips are made.
struct StudentClips: Sendable {
    let frames: Int
    let imageSize: Int
    let normalization: PixelNormalization
}

extension EvaluationModel {
    /// What a teacher is asked with.
    @TorchActor
    var asTeacher: (scoring: TextScoring, tokenizer: Tokenizer) {
        get throws(TrainingError) {
            guard let scoring = model.textScoring, model.text != nil, let tokenizer else {
                throw .badRecipe(
                    "the teacher \(path) is \(configuration.kind.title), which is not asked by texts; a student learns from "
                        + "a model with a text tower, such as ActionCLIP")
            }
            return (scoring, tokenizer)
        }
    }

    /// The features of classes in the model's own sentences.
    @TorchActor
    func classFeatures(
        _ names: [String], _ scoring: TextScoring, _ tokenizer: Tokenizer
    ) throws(TokenizerError) -> LabelFeatures {
        guard let text = model.text else { fatalError("EvaluationModel: no text tower") }
        return try LabelTexts(names: names, tokenizer: tokenizer).features(text, scoring)
    }
}
