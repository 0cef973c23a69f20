internal import CLIP
internal import Torch
public import Video

/// How fast a session encodes pictures that are decoded and resized already.
public struct EncoderSpeed: Sendable, Codable, Equatable {
    /// The number of pictures encoded together.
    public let batch: Int
    /// One call with so many pictures.
    public let latency: LatencySummary
    /// The same by the model's own graph, taking turns; nil where that was not asked for.
    public let reference: LatencySummary?

    /// Pictures a second, by the median.
    public let picturesPerSecond: Double
    /// How many times as fast as the model's own graph.
    public let speedUp: Double?

    init(batch: Int, latency: LatencySummary, reference: LatencySummary?) {
        (self.batch, self.latency, self.reference) = (batch, latency, reference)
        picturesPerSecond = Double(batch) / latency.median
        speedUp = reference.map { $0.median / latency.median }
    }
}

extension Session {
    /// Measures the encoding of pictures.
    ///
    /// - Parameters:
    ///   - batch: how many pictures at once, at least one.
    ///   - comparing: whether the model's own graph is measured too, in turns with the session's encoder.
    ///   - settings: how often.
    /// - Returns: the times.
    /// - Throws: `RecognitionError.cancelled`; `.badSetting` for no pictures, and for a model whose frames see each other in
    ///   the tower, so that single pictures cost it nothing.
    public func encoderSpeed(
        batch: Int, comparing: Bool = false, _ settings: MeasuringSettings = MeasuringSettings()
    ) throws(RecognitionError) -> EncoderSpeed {
        guard batch >= 1 else { throw .badSetting("\(batch) pictures at once; at least one is needed") }
        guard sharesFrames else {
            throw .badSetting("frames see each other in this model's tower: measure whole clips or streams")
        }
        let pictures = Self.noise(batch, side: preprocessing.imageSize)
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
        if comparing { for _ in 0..<max(settings.warmup, 0) { _ = reference(pictures) } }
        let own = try settings.measure(encode, between: compare)
        return EncoderSpeed(
            batch: batch, latency: LatencySummary(own), reference: comparing ? LatencySummary(others) : nil)
    }

    /// Pictures of noise; how long a picture takes does not depend on what it shows.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - side: width and height in pixels.
    /// - Returns: the same pictures every time.
    public static func noise(_ count: Int, side: Int) -> [Frame] {
        (0..<count).map { number in
            var draws = SeededDraws(seed: UInt64(number + 1))
            let pixels = (0..<side * side * 3).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
            return Frame(width: side, height: side, pixels: pixels)
        }
    }
}
