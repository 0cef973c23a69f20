/// What can go wrong with data sets.
public enum DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A plan that cannot be carried out; the text names the value and what it may be.
    case invalidPlan(String)
    /// The output folder holds something else than this plan's clips.
    case folderInUse(path: String, found: String)
    /// A file or folder cannot be written.
    case notWritable(path: String, reason: String)
    /// A list or annotation file that cannot be read as one.
    case unreadable(path: String, detail: String)
    /// A line of a list, counted from 1, that is none of the format.
    case badLine(path: String, line: Int, detail: String)
    /// A label that is missing or outside of the class list, at a line counted from 1.
    case badLabel(path: String, line: Int, detail: String)
    /// A setting that does not fit the list or the others; the text names it and what it may be.
    case badOption(String)
    /// Classes of one list without exactly one counterpart in another.
    case classesDiffer(unmatched: [String], of: Int)
    /// Classes with fewer videos than a few-shot draw takes of each.
    case tooFewVideos(shots: Int, classes: [ClassShortage])

    /// A class with too few videos.
    public struct ClassShortage: Sendable, Equatable {
        /// The class's number.
        public let label: Int
        /// How many videos it has.
        public let videos: Int
    }
    /// Settings of clips or of loading that cannot be; the text names the value and what it may be.
    case badClips(String)
    /// More videos of an epoch than allowed cannot be used.
    case tooManyBroken(skipped: Int, of: Int, limit: Double, examples: [String])

    /// What happened, to which thing, and what to do.
    public var description: String {
        switch self {
        case .invalidPlan(let what), .badOption(let what): what
        case .folderInUse(let path, let found):
            "\(path): the folder holds \(found); choose an empty or new folder"
        case .notWritable(let path, let reason):
            "\(path): cannot be written: \(reason); check the permissions and the space left"
        case .unreadable(let path, let detail): "\(path): \(detail)"
        case .badLine(let path, let line, let detail): "\(path): line \(line): \(detail)"
        case .badLabel(let path, let line, let detail):
            "\(path): line \(line): \(detail); correct the label, or have bad labels skipped"
        case .classesDiffer(let unmatched, let count):
            "\(unmatched.count) of \(count) classes have no counterpart of the same name, or more than one: "
                + Self.listed(unmatched) + "; give the class list that the labels belong to"
        case .tooFewVideos(let shots, let classes):
            "\(classes.count) classes have fewer than \(shots) videos: "
                + Self.listed(classes.map { "class \($0.label) has \($0.videos)" }) + "; draw fewer"
        case .badClips(let what): what
        case .tooManyBroken(let skipped, let samples, let limit, let examples):
            "\(skipped) of the epoch's \(samples) samples have videos that cannot be used, more than \(limit * 100) %; "
                + "repair the list (`verb data check --clean`) or raise skipLimit (run.skipLimit in a recipe). "
                + examples.joined(separator: "; ")
        }
    }

    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}
