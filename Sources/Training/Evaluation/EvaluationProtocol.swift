/// How a figure in a table of results comes about.
///
/// Source: the protocols of the CLIP-to-video literature (X-CLIP, Text4Vis, ViFi-CLIP, Open-VCLIP).
public enum EvaluationProtocol: String, Sendable, Codable, CaseIterable {
    /// The validation list of the data set that the model was trained on, all classes.
    case supervised
    /// Unseen data: the test lists of the official splits, all classes; mean and deviation over the lists.
    case zeroShotSplits = "zero-shot-splits"
    /// Unseen data: every video of the data set, all classes, one figure.
    case zeroShotFull = "zero-shot-full"
    /// Unseen data: half of the classes drawn ten times, their videos and their texts only; mean and population
    /// deviation over the draws.
    case zeroShotHalf = "zero-shot-half"
    /// A model trained on K videos a class, on the test list.
    case fewShot = "few-shot"
    /// A model trained on one half of the classes, on both halves, each with its own texts only; the harmonic mean.
    case baseToNovel = "base-to-novel"
}
