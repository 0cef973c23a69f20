public import ArgumentParser
public import Datasets

extension ListFormat: ExpressibleByArgument {}
extension ListDelimiter: ExpressibleByArgument {}
extension ListPart: ExpressibleByArgument {}
extension ClipLayout: ExpressibleByArgument {}

/// How a list of videos is read.
struct ListReadingOptions: ParsableArguments {
    @Option(help: "The kind of list.")
    var format = ListFormat.detected

    @Option(help: ArgumentHelp("The folder that paths are relative to (default: the list's own).", valueName: "folder"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The class list: .csv with id,name, .json, or one name a line (default: classes.txt beside a list of "
                + "numbers, the names in the list otherwise).", valueName: "file"))
    var classes: String?

    @Option(help: ArgumentHelp("The number of classes of a multi-label list without a class list.", valueName: "count"))
    var classCount: Int?

    @Option(help: "What separates a path from its labels.")
    var delimiter = ListDelimiter.detected

    @Option(help: "How the images of raw frames are called.")
    var template = "img_%05d.jpg"

    @Option(help: "The number of a folder's first image.")
    var firstIndex = 1

    @Option(help: "Which split of HMDB51 or UCF101, 1 to 3 (default: 1).")
    var split: Int?

    @Option(help: "Which videos of HMDB51, UCF101, or a Kinetics CSV with a column split.")
    var part: ListPart?

    @Option(help: "What is appended to names without a suffix (default: what the format says).")
    var suffix: String?

    @Option(help: "How the files of a Kinetics set lie.")
    var layout = ClipLayout.detected

    /// The library's settings.
    var options: ListOptions {
        var options = ListOptions()
        (options.format, options.root, options.classes) = (format, root, classes)
        (options.classCount, options.delimiter, options.template) = (classCount, delimiter, template)
        (options.firstIndex, options.split, options.part) = (firstIndex, split, part)
        (options.suffix, options.layout) = (suffix, layout)
        return options
    }
}
