internal import Foundation
internal import Video

/// How a list of videos is read; the defaults suit a list that says everything itself.
public struct ListOptions: Codable, Sendable, Equatable {
    /// The kind of list.
    public var format = ListFormat.detected
    /// The folder that paths are relative to; nil means the list's own folder, or the list where it is a folder.
    public var root: String?
    /// The path of the class list; nil means `classes.txt` beside a list of numbers, if there is one, and the names in
    /// the list itself where it has them.
    public var classes: String?
    /// The number of classes where there is no class list; multi-label lists need one of the two.
    public var classCount: Int?
    /// What separates a path from its labels.
    public var delimiter = ListDelimiter.detected
    /// How the images of raw frames are called, with one `%d`, `%05d`, `{:d}` or `{:05d}`.
    public var template = "img_%05d.jpg"
    /// The number of a folder's first image.
    public var firstIndex = 1
    /// Which of the splits of HMDB51 and UCF101, 1 to 3; nil means 1.
    public var split: Int?
    /// Which videos of HMDB51, UCF101 or a Kinetics CSV with a column `split`.
    public var part: ListPart?
    /// What is appended to names without a suffix, such as `mp4`; nil means what the format says.
    public var suffix: String?
    /// How the files of a Kinetics set lie.
    public var layout = ClipLayout.detected
    /// What happens to labels outside of the class list.
    public var badLabels = BadLabels.stop

    /// Makes the defaults.
    public init() {}

    /// Reads settings; those that are left out keep their defaults.
    ///
    /// - Parameter decoder: where they are read from.
    /// - Throws: `DecodingError` for a value of another kind.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        format = try values.decodeIfPresent(ListFormat.self, forKey: .format) ?? format
        root = try values.decodeIfPresent(String.self, forKey: .root)
        classes = try values.decodeIfPresent(String.self, forKey: .classes)
        classCount = try values.decodeIfPresent(Int.self, forKey: .classCount)
        delimiter = try values.decodeIfPresent(ListDelimiter.self, forKey: .delimiter) ?? delimiter
        template = try values.decodeIfPresent(String.self, forKey: .template) ?? template
        firstIndex = try values.decodeIfPresent(Int.self, forKey: .firstIndex) ?? firstIndex
        split = try values.decodeIfPresent(Int.self, forKey: .split)
        part = try values.decodeIfPresent(ListPart.self, forKey: .part)
        suffix = try values.decodeIfPresent(String.self, forKey: .suffix)
        layout = try values.decodeIfPresent(ClipLayout.self, forKey: .layout) ?? layout
        badLabels = try values.decodeIfPresent(BadLabels.self, forKey: .badLabels) ?? badLabels
    }

    /// Refuses settings that mean nothing to a format, rather than leaving them without effect.
    func check(for format: ListFormat) throws(DatasetError) {
        let hasSplits = format == .hmdb51 || format == .ucf101
        guard split == nil || hasSplits else { throw .badOption("\(format.rawValue) lists have no numbered splits") }
        guard (1...3).contains(split ?? 1) else {
            throw .badOption("split \(split ?? 0): there are the splits 1, 2, 3")
        }
        guard part == nil || hasSplits || format == .kinetics else {
            throw .badOption("\(format.rawValue) lists have no parts; give the list of the part")
        }
        guard layout == .detected || format == .kinetics else {
            throw .badOption("the layout \(layout.rawValue) is for Kinetics lists only, not \(format.rawValue)")
        }
        guard delimiter == .detected || format == .pathLabel || format == .multiLabel else {
            throw .badOption("\(format.rawValue) lists have a delimiter of their own")
        }
        guard (0...1_000_000_000).contains(firstIndex) else {
            throw .badOption("the first image has the number \(firstIndex); it must be 0 or more")
        }
        guard classCount ?? 1 > 0 else { throw .badOption("\(classCount ?? 0) classes; there must be at least one") }
    }
}
