internal import Dispatch

/// The clips of one step of one process.
public struct ClipBatch: Sendable, Equatable {
    /// The number of the batch in its epoch.
    public let number: Int
    /// The positions in the list of the videos that are shown.
    public let positions: [Int]
    /// The classes of each of them; those of the mirror image where a clip was mirrored and it is known which.
    public let labels: [[Int]]
    /// The number of clips of each video.
    public let views: Int
    /// The number of frames of a clip.
    public let frames: Int
    /// The side of the model's input in pixels.
    public let imageSize: Int
    /// All views of the first video, then of the next; spatial outer, temporal inner.
    public let clips: [ClipPixels]
    /// In evaluation the frames of each temporal view of each video that is shown; empty in training.
    public let frameNumbers: [[[Int]]]
    /// Videos that could not be used: replaced in training, missing in evaluation.
    public let skipped: [SkippedVideo]
    /// The seconds that the consumer waited for this batch.
    public let waited: Double

    init(_ outcomes: [SampleOutcome], number: Int, of loader: ClipLoader, waited: Double) {
        let usable = outcomes.filter { !$0.clips.isEmpty }
        (self.number, self.waited) = (number, waited)
        (views, frames, imageSize) = (loader.views, loader.frames, loader.imageSize)
        positions = usable.map(\.position)
        labels = usable.map(\.labels)
        clips = usable.flatMap(\.clips)
        frameNumbers = usable.allSatisfy { $0.frameNumbers.isEmpty } ? [] : usable.map(\.frameNumbers)
        skipped = outcomes.flatMap(\.skipped)
    }

    /// Writes all clips, normalised, one after another into memory that is there already; several threads share it.
    package func write(_ normalization: PixelNormalization, to target: UnsafeMutableBufferPointer<Float>) {
        let ends = clips.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        guard ends.last == target.count else { fatalError("batch: \(ends.last ?? 0) values into \(target.count)") }
        nonisolated(unsafe) let target = target  // each clip has its own part
        DispatchQueue.concurrentPerform(iterations: clips.count) { place in
            let part = UnsafeMutableBufferPointer(rebasing: target[ends[place]..<ends[place + 1]])
            clips[place].write(normalization, to: part)
        }
    }
}
