public import Foundation
internal import Video

/// Writes long Puppets videos with the times of their actions: `long/000000.mp4` …, `segments.json`, `segments.csv`.
///
/// Every file appears complete or not at all, the lists last; videos that are there are not rendered again.
public struct PuppetsLongWriter: Sendable {
    /// Which long videos there are.
    public struct Plan: Sendable, Equatable, Codable {
        /// What every draw starts from.
        public var seed: UInt64
        /// The side of the square frames in pixels: even, 32 to 512.
        public var size: Int
        /// How many videos.
        public var videos: Int
        /// How many actions a video has.
        public var actions: Int

        /// Makes a plan.
        ///
        /// - Parameters:
        ///   - seed: what every draw starts from.
        ///   - size: the side of the square frames in pixels.
        ///   - videos: how many videos.
        ///   - actions: how many actions a video has.
        public init(seed: UInt64 = 1, size: Int = 64, videos: Int, actions: Int = 6) {
            (self.seed, self.size, self.videos, self.actions) = (seed, size, videos, actions)
        }

        /// Checks that the plan can be carried out.
        ///
        /// - Throws: `DatasetError.invalidPlan`.
        public func validate() throws(DatasetError) {
            guard (32...512).contains(size), size % 2 == 0 else {
                throw .invalidPlan("the frames' side is \(size) pixels; give an even number from 32 to 512")
            }
            guard (1...100_000).contains(videos) else {
                throw .invalidPlan("\(videos) long videos; give a number from 1 to 100000")
            }
            guard (1...1000).contains(actions) else {
                throw .invalidPlan("\(actions) actions a video; give a number from 1 to 1000")
            }
        }

        /// A video of the plan.
        ///
        /// - Parameter index: its number, from 0.
        /// - Returns: the video, not rendered yet.
        public func video(_ index: Int) -> PuppetsLongVideo {
            let seed = SplitMix64.hash(SplitMix64.hash(seed, 105), UInt64(index))
            return PuppetsLongVideo(seed: seed, actions: actions, size: size)
        }

        /// Where a video lies, relative to the folder.
        ///
        /// - Parameter index: its number, from 0.
        /// - Returns: such as `long/000001.mp4`.
        public func path(_ index: Int) -> String {
            let number = String(index)
            return "long/\(String(repeating: "0", count: max(0, 6 - number.count)))\(number).mp4"
        }
    }

    /// What is written.
    public let plan: Plan
    /// Where it is written.
    public let folder: URL

    /// Prepares a writer; nothing is written yet.
    ///
    /// - Parameters:
    ///   - plan: what to write.
    ///   - folder: a folder; one that holds long videos of another plan is refused.
    public init(_ plan: Plan, to folder: URL) { (self.plan, self.folder) = (plan, folder) }

    /// Writes all videos, then their lists.
    ///
    /// - Parameter progress: told how many videos are done, and of how many.
    /// - Throws: `DatasetError` for a plan or folder that cannot be used, `VideoError` for an encoder that fails,
    ///   `CancellationError`.
    public func write(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws {
        try plan.validate()
        try prepareFolder()
        var videos: [SegmentedVideo] = []
        for index in 0..<plan.videos {
            try Task.checkCancellation()
            let (video, path) = (plan.video(index), plan.path(index))
            try write(video, to: folder.appendingPathComponent(path).path)
            videos.append(SegmentedVideo(path: path, duration: video.duration, actions: video.actions))
            progress(index + 1, plan.videos)
        }
        let list = SegmentList(labels: Puppets.trainingActions.map(\.name), videos: videos)
        try write(list.csv(), to: "segments.csv")
        try write(list.json(), to: "segments.json")
    }

    private func write(_ video: PuppetsLongVideo, to path: String) throws(VideoError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        var options = VideoWriter.Options()
        options.quality = 18
        options.threadCount = 1
        options.preset = .superfast
        let writer = try VideoWriter(
            path: path, width: plan.size, height: plan.size,
            rate: (numerator: video.framesPerSecond, denominator: 1), options: options)
        try video.forEachFrame { (frame) throws(VideoError) in try writer.append(frame) }
        try writer.finish()
    }

    /// What `long.json` says: with another version of the world the same plan gives other frames.
    private struct Manifest: Codable, Equatable {
        var kind = "puppets-long"
        var version = Puppets.version
        let plan: Plan
    }

    /// Makes the folder, or finds out that this plan was begun in it.
    private func prepareFolder() throws(DatasetError) {
        let (videos, files) = (folder.appendingPathComponent("long"), FileManager.default)
        let present = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
        // Clips and long videos may share a folder.
        if present.contains(where: { !$0.hasPrefix(".") }),
            !present.contains("dataset.json") || present.contains("long.json")
        {
            try checkManifest()
        }
        do {
            try files.createDirectory(at: videos, withIntermediateDirectories: true)
            // What an interrupted run left half-written.
            for name in try files.contentsOfDirectory(atPath: videos.path) where name.hasSuffix(".part") {
                try files.removeItem(at: videos.appendingPathComponent(name))
            }
        } catch {
            throw .notWritable(path: videos.path, reason: error.localizedDescription)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(Manifest(plan: plan)) else { fatalError("a plan is numbers") }
        try write(data + Data("\n".utf8), to: "long.json")
    }

    /// Checks that the folder was begun with the same plan and the same world.
    private func checkManifest() throws(DatasetError) {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("long.json")) else {
            throw .folderInUse(path: folder.path, found: "files that are no long Puppets videos")
        }
        guard let begun = try? JSONDecoder().decode(Manifest.self, from: data), begun == Manifest(plan: plan) else {
            throw .folderInUse(path: folder.path, found: "long videos made with other settings or another version")
        }
    }

    private func write(_ data: Data, to name: String) throws(DatasetError) {
        let place = folder.appendingPathComponent(name)
        do { try data.write(to: place, options: .atomic) } catch {
            throw .notWritable(path: place.path, reason: error.localizedDescription)
        }
    }
}
