public import Video

/// An action with its probability among the labels of a session.
public struct Prediction: Sendable, Equatable, Codable {
    /// The action.
    public let label: String
    /// Its share of 1.
    public let probability: Double

    /// Makes a prediction.
    ///
    /// - Parameters:
    ///   - label: the action.
    ///   - probability: its share of 1.
    public init(label: String, probability: Double) {
        self.label = label
        self.probability = probability
    }

    /// The most probable first; equal ones in the order given.
    static func ranked(_ predictions: [Prediction]) -> [Prediction] {
        let order = predictions.indices.sorted {
            let (a, b) = (predictions[$0].probability, predictions[$1].probability)
            return a != b ? a > b : $0 < $1
        }
        return order.map { predictions[$0] }
    }
}

/// How long the stages of a recognition took, in seconds.
public struct Timings: Sendable, Equatable, Codable {
    /// Reading and decoding, or waiting for them where they run beside the rest.
    public var decode = 0.0
    /// Resizing and cropping.
    public var transform = 0.0
    /// The image tower.
    public var encode = 0.0
    /// From frame features to probabilities.
    public var head = 0.0

    /// Makes timings of zero seconds.
    public init() {}

    /// Adds other timings stage by stage.
    ///
    /// - Parameters:
    ///   - total: what is added to.
    ///   - part: what is added.
    public static func += (total: inout Timings, part: Timings) {
        total.decode += part.decode
        total.transform += part.transform
        total.encode += part.encode
        total.head += part.head
    }
}

/// What was recognised in one clip.
public struct RecognizedClip: Sendable {
    /// All labels, the most probable first; equal ones in the order of the labels.
    public let predictions: [Prediction]
    /// How long it took.
    public let timings: Timings
    /// What happened while the video was decoded; nil for frames that were given.
    public let report: DecodingReport?
}

/// Measures one stage.
func measured<R, E: Error>(_ seconds: inout Double, _ body: () throws(E) -> R) throws(E) -> R {
    let start = ContinuousClock.now
    defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
}
