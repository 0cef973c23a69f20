public import Video

/// How fast a session names the action of a video, stage by stage.
public struct ClipSpeed: Sendable, Codable, Equatable {
    /// Opening the file and decoding the clip's frames.
    public let decode: LatencySummary
    /// Resizing and cropping.
    public let transform: LatencySummary
    /// The image tower.
    public let encode: LatencySummary
    /// From features to probabilities.
    public let head: LatencySummary
    /// All of it.
    public let total: LatencySummary
}

extension Session {
    /// Measures the recognition of a video, again and again.
    ///
    /// - Parameters:
    ///   - path: a video file, or a folder of numbered images.
    ///   - frames: the number of frames.
    ///   - options: how the video is decoded.
    ///   - settings: how often.
    /// - Returns: the times.
    /// - Throws: as ``recognize(_:frames:options:)``.
    public nonisolated func clipSpeed(
        _ path: String, frames: Int = 8, options: VideoOptions = .init(),
        _ settings: MeasuringSettings = MeasuringSettings()
    ) async throws(RecognitionError) -> ClipSpeed {
        var (stages, totals, sum) = ([Timings](), [Double](), 0.0)
        for _ in 0..<max(settings.warmup, 0) { _ = try await recognize(path, frames: frames, options: options) }
        while totals.count < max(settings.runs, 1) || sum < settings.seconds {
            let begin = ContinuousClock.now
            stages.append(try await recognize(path, frames: frames, options: options).timings)
            totals.append((ContinuousClock.now - begin) / .seconds(1))
            sum += totals[totals.count - 1]
        }
        return ClipSpeed(
            decode: LatencySummary(stages.map(\.decode)), transform: LatencySummary(stages.map(\.transform)),
            encode: LatencySummary(stages.map(\.encode)), head: LatencySummary(stages.map(\.head)),
            total: LatencySummary(totals))
    }
}
