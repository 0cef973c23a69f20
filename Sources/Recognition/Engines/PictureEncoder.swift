public import CLIP

/// What encodes the pictures of a session.
public enum PictureEncoder: Sendable, CustomStringConvertible {
    /// An engine prepared for inference, and how it compares with the model.
    case engine(Precision, EngineReport)
    /// The model as it is, and why.
    case reference(String)

    /// What it is, in words.
    public var description: String {
        switch self {
        case .engine(_, let report): "inference engine, \(report.summary)"
        case .reference(let reason): "the model's own graph, fp32: \(reason)"
        }
    }
}
