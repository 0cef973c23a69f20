/// A list of videos with their labels, read from any of the formats in use.
///
/// A file of a list may have 256 MiB; a larger one is refused.
public struct VideoList: Sendable {
    /// The list's path.
    public let path: String
    /// As what it was read.
    public let format: ListFormat
    /// The videos in the list's order.
    public let samples: [VideoSample]
    /// The classes that labels are positions in; nil where nothing names them.
    public let classes: ClassList?
    /// The number of classes, where it is known.
    public let classCount: Int?
    /// Whether a video may have any number of labels.
    public let isMultiLabel: Bool
    /// SHA-256 of the file's bytes in lower-case hexadecimal.
    ///
    /// Of a folder of split files: over each file that was read, its name, a line end and its bytes. Of folders of
    /// classes: over the videos' relative paths, each with a line end.
    public let digest: String
    /// What was left out because of its label.
    public let rejected: [RejectedSample]
    /// The folder that relative paths are joined to.
    public let root: String

    /// Where each sample stands.
    package let places: [ListPlace]

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - path: a file, or the folder that a format consists of.
    ///   - options: how it is read.
    /// - Throws: `DatasetError` with the file and line: `unreadable`, `badLine`, `badLabel` unless told to skip,
    ///   `badOption` for settings that do not fit.
    public init(reading path: String, _ options: ListOptions = .init()) throws(DatasetError) {
        try self.init(path, options)
        guard !samples.isEmpty else {
            throw .badLabel(
                path: rejected[0].place.file, line: rejected[0].place.line,
                detail: "no label is usable; the first: \(rejected[0].reason)")
        }
    }

    /// Reads a list that may consist of bad labels only.
    init(_ path: String, _ options: ListOptions) throws(DatasetError) {
        let request = try ListRequest(path, options)
        let format = options.format == .detected ? try ListDetection.format(of: request) : options.format
        try options.check(for: format)
        let parsed = try Self.read(format, request)
        let count = try Self.classCount(of: parsed, options, path)
        var (samples, places, rejected): ([VideoSample], [ListPlace], [RejectedSample]) = ([], [], [])
        samples.reserveCapacity(parsed.entries.count)
        for entry in parsed.entries {
            let sample = VideoSample(source: entry.source, labels: entry.labels)
            if let reason = entry.problem ?? Self.problem(with: entry.labels, classes: count) {
                let place = entry.place
                guard options.badLabels == .skip else {
                    throw .badLabel(path: place.file, line: place.line, detail: reason)
                }
                rejected.append(
                    RejectedSample(sample: sample, place: place, reason: reason, position: samples.count))
            } else {
                samples.append(sample)
                places.append(entry.place)
            }
        }
        guard !parsed.entries.isEmpty else {
            let part = options.part.map { "it has no videos of the part \($0.rawValue)" }
            throw .unreadable(path: path, detail: part ?? "the list is empty")
        }
        (self.path, self.format, self.samples, self.places) = (path, format, samples, places)
        (self.rejected, classes, classCount) = (rejected, parsed.classes, count)
        (isMultiLabel, digest, root) = (parsed.isMultiLabel, parsed.digest, request.root)
    }

    private static func read(_ format: ListFormat, _ request: ListRequest) throws(DatasetError) -> ParsedList {
        switch format {
        case .detected: try read(try ListDetection.format(of: request), request)
        case .pathLabel: try PathLabelReader.read(request)
        case .pathOnly: try PathOnlyReader.read(request)
        case .m2CLIP: try M2CLIPReader.read(request)
        case .multiLabel: try MultiLabelReader.read(request)
        case .rawFrames: try RawFramesReader.read(request, hasOffset: false)
        case .rawFramesOffset: try RawFramesReader.read(request, hasOffset: true)
        case .mmaction: try MMActionReader.read(request)
        case .kinetics: try KineticsReader.read(request)
        case .hmdb51: try HMDB51Reader.read(request)
        case .ucf101: try UCF101Reader.read(request)
        case .something: try SomethingReader.read(request)
        case .classFolders: try ClassFolderReader.read(request)
        }
    }

    private static func classCount(
        of parsed: ParsedList, _ options: ListOptions, _ path: String
    ) throws(DatasetError) -> Int? {
        if let named = parsed.classes?.count, let stated = options.classCount, named != stated {
            throw .badOption("\(stated) classes are stated, but the class list of \(path) has \(named)")
        }
        let count = parsed.classes?.count ?? options.classCount
        guard count != nil || !parsed.isMultiLabel else {
            throw .badOption("\(path): a multi-label list needs its class list, or the number of classes")
        }
        return count
    }

    private static func problem(with labels: [Int], classes: Int?) -> String? {
        guard let bad = labels.first(where: { $0 < 0 || $0 >= classes ?? .max }) else { return nil }
        return classes.map { "class \(bad), but there are \($0)" } ?? "class \(bad), but numbers begin with 0"
    }
}
