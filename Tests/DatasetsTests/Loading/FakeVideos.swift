import Synchronization
import Video

@testable import Datasets

/// Videos that are computed: every frame shows which video and which frame it is.
final class FakeVideos: Sendable {
    /// What happens when a video is opened.
    typealias Event = @Sendable (Int) -> Void

    private let log = Mutex<[(video: Int, frames: [Int])]>([])
    private let broken: Set<Int>
    private let onOpening: Event

    init(broken: Set<Int> = [], onOpening: @escaping Event = { _ in }) {
        (self.broken, self.onOpening) = (broken, onOpening)
    }

    /// The videos opened and the frames asked for, in the order of asking.
    var requests: [(video: Int, frames: [Int])] { log.withLock { $0 } }

    static func list(_ count: Int, labels: (Int) -> [Int] = { [$0 % 3] }) -> [VideoSample] {
        (0..<count).map { VideoSample(source: .file("video-\($0)"), labels: labels($0)) }
    }

    /// Stands in for opening a file.
    var opening: ClipLoader.Opening {
        { [self] source, options throws(VideoError) in
            let number = Int(source.path.dropFirst("video-".count)) ?? -1
            onOpening(number)
            if options.isCancelled?() == true { throw VideoError(.cancelled, path: source.path, detail: "") }
            guard !broken.contains(number) else { throw VideoError(.openFailed, path: source.path, detail: "fake") }
            return FakeVideo(number: number) { [self] frames in log.withLock { $0.append((number, frames)) } }
        }
    }
}

/// One of them; 12 to 15 frames of 14x10 pixels.
struct FakeVideo: FrameSource {
    static let size = PixelSize(width: 14, height: 10)
    let number: Int
    let note: ([Int]) -> Void

    var count: Int { 12 + number % 4 }
    var report: DecodingReport { DecodingReport() }

    func frames(at indices: [Int]) throws(VideoError) -> [Frame] {
        note(indices)
        return indices.map { Self.frame(number, $0) }
    }

    static func frame(_ video: Int, _ index: Int) -> Frame {
        var draws = SeededDraws(seed: UInt64(video * 1000 + index))
        let pixels = (0..<size.width * size.height * 3).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
        return Frame(width: size.width, height: size.height, pixels: pixels, time: Double(index))
    }
}

/// What a batch says apart from the time that it took.
struct BatchContent: Equatable {
    let number: Int
    let positions: [Int]
    let labels: [[Int]]
    let clips: [ClipPixels]
    let skipped: [SkippedVideo]

    init(_ batch: ClipBatch) {
        (number, positions, labels) = (batch.number, batch.positions, batch.labels)
        (clips, skipped) = (batch.clips, batch.skipped)
    }
}

extension ClipLoader {
    /// All batches of an epoch.
    func contents(epoch: Int = 0, from first: Int = 0) async throws -> [BatchContent] {
        var contents: [BatchContent] = []
        for try await batch in batches(epoch: epoch, from: first) { contents.append(BatchContent(batch)) }
        return contents
    }

    /// A loader of fake videos, everything random switched on.
    static func fake(
        _ count: Int, _ videos: FakeVideos = FakeVideos(), _ change: (inout LoaderSettings) -> Void = { _ in }
    ) throws -> ClipLoader {
        var settings = LoaderSettings()
        (settings.seed, settings.batch, settings.workers) = (7, 4, 2)
        change(&settings)
        var clips = TrainingClips(
            sampling: .segments, crop: .randomResized(smallestArea: 0.3, largestArea: 1), resize: .bilinear)
        (clips.flip, clips.greyscale, clips.colorJitter) = (0.5, 0.2, ColorJitter())
        (clips.augmentation, clips.randomErasing) = (.perClip(operations: 2, magnitude: 7, deviation: 0.5), .init())
        var loader = try ClipLoader(
            FakeVideos.list(count), training: clips, frames: 3, imageSize: 6, settings: settings)
        loader.open = videos.opening
        return loader
    }

    /// A loader of fake videos for evaluation, with six views.
    static func fakeEvaluation(
        _ count: Int, _ videos: FakeVideos = FakeVideos(), _ change: (inout LoaderSettings) -> Void = { _ in }
    ) throws -> ClipLoader {
        var settings = LoaderSettings()
        (settings.batch, settings.workers) = (4, 2)
        change(&settings)
        var clips = EvaluationClips(sampling: .dense(stride: 2), shortSide: 6, resize: .bicubic)
        (clips.temporalViews, clips.crops) = (2, 3)
        var loader = try ClipLoader(
            FakeVideos.list(count), evaluation: clips, frames: 3, imageSize: 6, settings: settings)
        loader.open = videos.opening
        return loader
    }
}
