public import CLIP

/// What encodes the pictures of a session.
public enum PictureEncoder: Sendable, CustomStringConvertible {
    /// An engine prepared for inference; the report where there were pictures to compare with.
    case engine(Precision, EngineReport?)
    /// The model as it is, and why.
    case reference(String)

    /// What it is, in words.
    public var description: String {
        switch self {
        case .engine(_, .some(let report)): "inference engine, \(report.summary)"
        case .engine(let precision, nil): "inference engine, \(precision.rawValue)"
        case .reference(let reason): "the model's own graph, fp32: \(reason)"
        }
    }
}
