public import Video

extension Session {
    /// Recognises the action of a video.
    ///
    /// - Parameters:
    ///   - path: a video file, or a folder of numbered images.
    ///   - frames: the number of frames, the middle ones of as many equal parts.
    ///   - options: how the video is decoded.
    /// - Returns: all labels by probability.
    /// - Throws: `RecognitionError`; `.cancelled` soon after the task is cancelled.
    public nonisolated func recognize(
        _ path: String, frames: Int = 8, options: VideoOptions = .init()
    ) async throws(RecognitionError) -> RecognizedClip {
        let clip = try await ClipReader(preprocessing, frames: frames, options: options).read(path)
        return try await classify(clip)
    }

    /// Recognises the actions of several videos; the next ones are decoded while one is computed.
    ///
    /// - Parameters:
    ///   - paths: video files or folders of numbered images.
    ///   - frames: the number of frames a video.
    ///   - concurrency: the largest number of videos held at a time.
    ///   - options: how the videos are decoded.
    ///   - report: told the position and outcome of each video, in the order of the paths.
    /// - Throws: `RecognitionError.cancelled`, or `.badSetting`; what is wrong with one video is told to `report`.
    public nonisolated func recognize(
        _ paths: [String], frames: Int = 8, concurrency: Int = 3, options: VideoOptions = .init(),
        _ report: (Int, Result<RecognizedClip, RecognitionError>) -> Void
    ) async throws(RecognitionError) {
        typealias Outcome = Result<RecognizedClip, RecognitionError>
        let reader = try ClipReader(preprocessing, frames: frames, options: options)
        let stop: RecognitionError? = await withTaskGroup(of: (Int, Outcome).self) { group in
            var (next, turn) = (0, 0)
            var early: [Int: Outcome] = [:]
            func start(_ group: inout TaskGroup<(Int, Outcome)>) {
                // `early` counts as held, or one slow video would let the others run ahead without bound.
                guard next < paths.count, next - turn < max(concurrency, 1) else { return }
                let (number, path) = (next, paths[next])
                group.addTask { (number, await self.outcome(of: path, reader)) }
                next += 1
            }
            for _ in 0..<max(concurrency, 1) { start(&group) }
            while let (number, outcome) = await group.next() {
                if case .failure(.cancelled) = outcome {
                    group.cancelAll()
                    return .cancelled
                }
                early[number] = outcome
                while let ready = early.removeValue(forKey: turn) {
                    report(turn, ready)
                    turn += 1
                    start(&group)
                }
            }
            return nil
        }
        if let stop { throw stop }
    }

    private nonisolated func outcome(
        of path: String, _ reader: ClipReader
    ) async -> Result<RecognizedClip, RecognitionError> {
        do throws(RecognitionError) { return .success(try await classify(try await reader.read(path))) } catch {
            return .failure(error)
        }
    }
}
