public import Foundation
import Video

/// Writes a Puppets data set: H.264 files, annotation lists, class names, captions and a manifest.
///
/// Frames and lists are the same for any number of workers. Every file appears complete or not at all. A folder in
/// which the same plan was interrupted is continued; the lists are written last, so a folder with lists is complete.
public struct PuppetsWriter: Sendable {
    /// What is written.
    public let plan: PuppetsPlan
    /// Where it is written.
    public let folder: URL

    /// Prepares a writer; nothing is written yet.
    ///
    /// - Parameters:
    ///   - plan: what to write.
    ///   - folder: a new or empty folder, or one in which the same plan was begun.
    public init(_ plan: PuppetsPlan, to folder: URL) {
        self.plan = plan
        self.folder = folder
    }

    /// Writes all clips and lists.
    ///
    /// Ends early, between two clips, when the task is cancelled; calling it again later goes on.
    ///
    /// - Parameters:
    ///   - workers: how many clips are rendered at a time.
    ///   - progress: told how many clips are done, and of how many.
    /// - Throws: `DatasetError` for a plan or folder that cannot be used, `VideoError` for an encoder that fails,
    ///   `CancellationError`.
    public func write(
        workers: Int = ProcessInfo.processInfo.activeProcessorCount,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws {
        try plan.validate()
        try prepareFolder()
        let jobs = PuppetsSplit.allCases.flatMap { split in (0..<plan.count(of: split)).map { (split, $0) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var done = 0
            for (number, (split, index)) in jobs.enumerated() {
                if number >= max(1, workers) {
                    try await group.next()
                    done += 1
                    progress(done, jobs.count)
                }
                try Task.checkCancellation()
                group.addTask { try writeClip(index, of: split) }
            }
            while try await group.next() != nil {
                done += 1
                progress(done, jobs.count)
            }
        }
        try Task.checkCancellation()
        try writeLists()
    }

    /// Writes one clip unless its file is there.
    private func writeClip(_ index: Int, of split: PuppetsSplit) throws {
        try Task.checkCancellation()
        let path = folder.appendingPathComponent(plan.path(index, of: split)).path
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let clip = plan.clip(index, of: split)
        var options = VideoWriter.Options()
        options.quality = Double(clip.look.rateFactor)
        options.threadCount = 1
        options.preset = .superfast
        let writer = try VideoWriter(
            path: path, width: clip.size, height: clip.size,
            rate: (numerator: clip.attributes.framesPerSecond, denominator: 1), options: options)
        for frame in clip.frames() { try writer.append(frame) }
        try writer.finish()
    }
}

// MARK: - The folder

extension PuppetsWriter {
    /// What `dataset.json` says.
    struct Manifest: Codable, Equatable {
        var kind = "puppets"
        /// Raised when the same plan gives other frames.
        var version = Puppets.version
        var plan: PuppetsPlan
        var classes = Puppets.actions.count
        var trainingClasses = Puppets.trainingActions.count
        var heldOutClasses = Puppets.heldOutActions.map(\.name)
        var timeOrderPairs = Puppets.actions.compactMap { action in
            action.isReversed ? action.partner.map { [$0.name, action.name] } : nil
        }
    }

    private static let manifestName = "dataset.json"

    /// Makes the folder, or finds out that this plan was begun in it.
    private func prepareFolder() throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: folder.path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw DatasetError.notWritable(path: folder.path, reason: "it is a file") }
            let present = try reporting(folder) { try files.contentsOfDirectory(atPath: folder.path) }
            if present.contains(where: { !$0.hasPrefix(".") }) { try checkManifest() }
        }
        for split in PuppetsSplit.allCases where plan.count(of: split) > 0 {
            let place = folder.appendingPathComponent(split.rawValue)
            try reporting(place) {
                try files.createDirectory(at: place, withIntermediateDirectories: true)
                // What an interrupted run left half-written.
                for name in try files.contentsOfDirectory(atPath: place.path) where name.hasSuffix(".part") {
                    try files.removeItem(at: place.appendingPathComponent(name))
                }
            }
        }
        try write(json(Manifest(plan: plan)), to: Self.manifestName)
    }

    /// Checks that the folder was begun with the same plan.
    private func checkManifest() throws(DatasetError) {
        let place = folder.appendingPathComponent(Self.manifestName)
        guard let data = try? Data(contentsOf: place) else {
            throw .folderInUse(path: folder.path, found: "files that are no Puppets data set")
        }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data) else {
            throw .folderInUse(path: folder.path, found: "a data set of another kind or a damaged dataset.json")
        }
        guard manifest == Manifest(plan: plan) else {
            throw .folderInUse(path: folder.path, found: "a Puppets data set made with other settings")
        }
    }

    private func writeLists() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var captions = Data()
        for split in PuppetsSplit.allCases where plan.count(of: split) > 0 {
            var list = ""
            for index in 0..<plan.count(of: split) {
                let path = plan.path(index, of: split), clip = plan.clip(index, of: split)
                list += "\(path) \(clip.action.label)\n"
                captions += try encoder.encode(CaptionLine(path: path, split: split, clip: clip))
                captions.append(UInt8(ascii: "\n"))
            }
            try write(Data(list.utf8), to: "\(split.rawValue).txt")
        }
        try write(captions, to: "captions.jsonl")
        for (name, actions) in [("classes.txt", Puppets.actions), ("training_classes.txt", Puppets.trainingActions)] {
            try write(Data(actions.map { $0.name + "\n" }.joined().utf8), to: name)
        }
        try write(Data(readMe.utf8), to: "README.md")
    }

    /// One line of `captions.jsonl`.
    private struct CaptionLine: Encodable {
        let path, caption, action: String
        let label: Int
        let split: PuppetsSplit
        let look: PuppetsLook
        let seed: String
        let attributes: PuppetsAttributes

        init(path: String, split: PuppetsSplit, clip: PuppetsClip) {
            self.path = path
            self.split = split
            caption = clip.caption(0)
            action = clip.action.name
            label = clip.action.label
            look = clip.look
            // As text: readers of JSON may hold numbers with 53 bits only.
            seed = String(clip.seed)
            attributes = clip.attributes
        }
    }

    private func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }

    private func write(_ data: Data, to name: String) throws(DatasetError) {
        let place = folder.appendingPathComponent(name)
        try reporting(place) { try data.write(to: place, options: .atomic) }
    }

    private func reporting<Value>(_ place: URL, _ body: () throws -> Value) throws(DatasetError) -> Value {
        do { return try body() } catch {
            throw .notWritable(path: place.path, reason: error.localizedDescription)
        }
    }

    private var readMe: String {
        let counts = PuppetsSplit.allCases.filter { plan.count(of: $0) > 0 }
            .map { "- `\($0.rawValue).txt`: \(plan.count(of: $0)) clips in `\($0.rawValue)/`" }
        return """
            # Puppets

            A synthetic data set: rendered puppets, no real footage. World version \(Puppets.version), seed \
            \(plan.seed), frames of \(plan.size) x \(plan.size) pixels.

            \(counts.joined(separator: "\n"))
            - `classes.txt`: the \(Puppets.actions.count) class names, one a line; the first line is class 0. The \
            first \(Puppets.trainingActions.count) are for training, the others are held out.
            - `training_classes.txt`: those for training, for models that shall not know the names of the others.
            - `captions.jsonl`: for each clip a caption, the action, and what else is seen.
            - `dataset.json`: the settings that made this folder.

            The lists have one clip a line: the path, a blank, the class number. Left and right are the picture's: \
            "the left arm" is the arm on the left of the picture. So do not mirror clips of classes that name a side. \
            The two members of a time-order pair (`dataset.json` names them) show the same motion in opposite order.

            """
    }
}
