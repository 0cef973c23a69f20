public import ActionModels
public import CLIP
public import Datasets
internal import Video

/// How models are evaluated, the same for all of an evaluation.
public struct EvaluationSettings: Sendable, Equatable {
    /// By what a model scores classes.
    public enum Head: String, Sendable, Codable, CaseIterable {
        /// By its class head.
        case classes
        /// By the similarity of class names in sentences.
        case texts
    }

    /// Which frames of a video are shown, in how many views, and how they are resized.
    public var clips: EvaluationClips
    /// The number of frames of a view.
    public var frames: Int
    /// By what models score; nil means by texts in zero-shot protocols, else by the class head where there is one.
    public var head: Head?
    /// The sentences around class names; nil means each model's own.
    public var templates: [PromptTemplate]?
    /// How class names become words of sentences.
    public var labelText: LabelText
    /// The number of threads that decode; nil means one less than the cores.
    public var workers: Int?

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - clips: how clips are made.
    ///   - frames: the number of frames of a view.
    ///   - labelText: how class names become words of sentences.
    public init(clips: EvaluationClips, frames: Int, labelText: LabelText = .standard) {
        (self.clips, self.frames, self.labelText) = (clips, frames, labelText)
    }
}

extension EvaluationClips {
    /// How the authors of a method show it clips when they evaluate it.
    ///
    /// Source: ActionCLIP `configs/k400`, one view; EVL and ST-Adapter scripts for Kinetics-400, three views along time;
    /// M2-CLIP's script, three along time and four crops; CLIP and the linear probe as ActionCLIP's zero-shot file, with
    /// the model's own resize.
    ///
    /// - Parameters:
    ///   - kind: the method.
    ///   - preprocessing: the model's.
    /// - Returns: the clips of the method's released models.
    public static func released(for kind: ActionModelKind, _ preprocessing: Preprocessing) -> EvaluationClips {
        let (side, short) = (preprocessing.imageSize, preprocessing.shortSide)
        var clips: EvaluationClips
        switch kind {
        case .clip, .linearProbe, .actionCLIP:
            clips = EvaluationClips(
                sampling: .segments, shortSide: max(short ?? side, side),
                resize: preprocessing.interpolation == .bilinear ? .pillowBilinear : .pillowBicubic)
        case .evl, .stAdapter, .m2CLIP:
            clips = EvaluationClips(
                sampling: .dense(stride: 16), shortSide: side, resize: kind == .evl ? .bilinear : .bicubic)
            clips.temporalViews = 3
            clips.crops = kind == .m2CLIP ? 4 : 1
        }
        return clips
    }
}
