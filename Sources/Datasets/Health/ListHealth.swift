public import Foundation
public import Video

/// Decodes every video of a list and says what is wrong with it.
///
/// A video that is listed several times is decoded once. Rows come in the list's order, whatever the number of workers.
/// Memory does not grow with the videos: pictures are decoded, one at a time for each worker, and not kept.
public struct ListHealth: Sendable {
    /// How many videos are decoded at a time, each by one thread.
    public var workers: Int
    /// Limits and conversions; the deadline holds for opening a video and for decoding it, each.
    public var options: VideoOptions
    /// A video with fewer frames is `short`; nil asks for none.
    public var frames: Int?

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - workers: how many videos are decoded at a time.
    ///   - options: limits and conversions.
    ///   - frames: a video with fewer frames is `short`.
    public init(
        workers: Int = ProcessInfo.processInfo.activeProcessorCount, options: VideoOptions = .init(), frames: Int? = nil
    ) {
        self.workers = workers
        self.options = options
        self.frames = frames
    }

    /// Reads a list and decodes its videos.
    ///
    /// Labels that are missing or outside of the class list are reported as `bad_label`; their videos are not decoded.
    ///
    /// - Parameters:
    ///   - path: the list.
    ///   - reading: how it is read.
    ///   - progress: told how many videos are done, of how many, and how many of them are unusable.
    /// - Returns: a row for each entry of the list, and what they are together.
    /// - Throws: `DatasetError` for what is no list, `CancellationError` soon after the task is cancelled, also within
    ///   a video.
    public func check(
        _ path: String, _ reading: ListOptions = .init(),
        progress: @escaping @Sendable (_ done: Int, _ total: Int, _ unusable: Int) -> Void = { _, _, _ in }
    ) async throws -> HealthReport {
        var reading = reading
        reading.badLabels = .skip
        let list = try VideoList(path, reading)
        let entries = CheckedEntry.all(of: list)
        var (sources, jobs): ([VideoSource: Int], [VideoSample]) = ([:], [])
        for entry in entries where entry.problem == nil && sources[entry.identity] == nil {
            sources[entry.identity] = jobs.count
            jobs.append(entry.sample)
        }
        let crew = HealthCrew(jobs, frames: frames, options: options, progress: progress)
        let found = try await crew.run(workers: workers)
        let times = Dictionary(entries.map { ($0.identity, 1) }, uniquingKeysWith: +)
        let rows = entries.map { entry in
            var row = VideoHealth(entry.sample, .badLabel, detail: entry.problem)
            if entry.problem == nil, let job = sources[entry.identity] { row = found[job] }
            (row.path, row.labels) = (entry.sample.source.path, entry.sample.labels)
            row.timesMet = times[entry.identity] ?? 1
            return row
        }
        return HealthReport(list, entries, rows)
    }
}

/// One entry of a list with what is wrong with its label.
struct CheckedEntry {
    let sample: VideoSample
    let place: ListPlace
    let problem: String?

    /// The source, the same for two ways to write one path.
    var identity: VideoSource {
        switch sample.source {
        case .file(let path): .file(Self.plain(path))
        case .images(let images):
            .images(
                ImageSequence(
                    folder: Self.plain(images.folder), template: images.template, firstIndex: images.firstIndex,
                    offset: images.offset, count: images.count))
        }
    }

    /// The entries in the list's order, rejected ones among them.
    static func all(of list: VideoList) -> [CheckedEntry] {
        let isLabelled = !list.isMultiLabel && list.samples.contains { !$0.labels.isEmpty }
        var rejected = list.rejected[...]
        var entries: [CheckedEntry] = []
        for position in 0...list.samples.count {
            while let next = rejected.first, next.position == position {
                entries.append(CheckedEntry(sample: next.sample, place: next.place, problem: next.reason))
                rejected.removeFirst()
            }
            guard position < list.samples.count else { break }
            let sample = list.samples[position]
            let problem = isLabelled && sample.labels.isEmpty ? "no label" : nil
            entries.append(CheckedEntry(sample: sample, place: list.places[position], problem: problem))
        }
        return entries
    }

    /// A path without empty and `.` parts.
    private static func plain(_ path: String) -> String {
        (path.hasPrefix("/") ? "/" : "") + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
