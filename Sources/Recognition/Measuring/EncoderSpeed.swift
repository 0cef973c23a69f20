internal import CLIP
internal import Torch
internal import Video

/// How fast a session encodes pictures that are decoded and resized already.
public struct EncoderSpeed: Sendable, Codable, Equatable {
    /// The number of pictures encoded together.
    public let batch: Int
    /// One call with so many pictures.
    public let latency: LatencySummary
    /// The same by the model's own graph, taking turns; nil where that was not asked for.
    public let reference: LatencySummary?

    /// Pictures a second, by the median.
    public var picturesPerSecond: Double { Double(batch) / latency.median }
    /// How many times as fast as the model's own graph.
    public var speedUp: Double? { reference.map { $0.median / latency.median } }
}

extension Session {
    /// Measures the encoding of pictures.
    ///
    /// - Parameters:
    ///   - batch: how many pictures at once, at least one.
    ///   - comparing: whether the model's own graph is measured too, in turns with the session's encoder.
    ///   - settings: how often.
    /// - Returns: the times.
    /// - Throws: `RecognitionError.cancelled`.
    public func encoderSpeed(
        batch: Int, comparing: Bool = false, _ settings: MeasuringSettings = MeasuringSettings()
    ) throws(RecognitionError) -> EncoderSpeed {
        let pictures = Self.pictures(batch, side: preprocessing.imageSize)
        let encoder = scorer.encoder, reference = encoder.reference
        var others: [Double] = []
        func encode() throws(RecognitionError) {
            guard !Task.isCancelled else { throw .cancelled }
            _ = encoder(pictures)
        }
        func compare() throws(RecognitionError) {
            var span = 0.0
            if comparing { measured(&span) { _ = reference(pictures) } }
            others.append(span)
        }
        let own = try settings.measure(encode, between: compare)
        return EncoderSpeed(
            batch: batch, latency: LatencySummary(own), reference: comparing ? LatencySummary(others) : nil)
    }

    /// Pictures of noise; how long a picture takes does not depend on what it shows.
    static func pictures(_ count: Int, side: Int) -> [Frame] {
        (0..<count).map { number in
            var draws = SeededDraws(seed: UInt64(number + 1))
            let pixels = (0..<side * side * 3).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
            return Frame(width: side, height: side, pixels: pixels)
        }
    }
}
