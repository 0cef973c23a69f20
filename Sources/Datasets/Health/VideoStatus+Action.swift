public import Video

/// What is done with a video of a list.
public enum VideoAction: String, Sendable, Codable, CaseIterable {
    /// It is trained on, or counted with what the model says.
    case use
    /// It is left out of training, and counted as unreadable in an evaluation.
    case skip
    /// The run does not start.
    case stop
}

extension VideoStatus {
    /// What is done with a video of this status unless the user says otherwise.
    public var action: VideoAction {
        switch self {
        case .ok, .truncated, .partlyDamaged, .irregularTimestamps, .sizeChanged, .short: .use
        case .badLabel: .stop
        case .missingFile, .notReadable, .openFailed, .noVideoStream, .unsupportedCodec, .tooLarge, .noFrames, .damaged,
            .timeout, .cancelled, .invalidRequest, .writeFailed:
            .skip
        }
    }
}
