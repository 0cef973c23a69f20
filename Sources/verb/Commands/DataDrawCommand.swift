import ArgumentParser
import Datasets

struct DataDrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draw K videos of each class of a list, for few-shot training.",
        discussion: """
            The same seed draws the same videos, and more shots contain the fewer. Beside the new list NAME.txt its class \
            names are written as NAME.classes.txt.

            EXAMPLES
              verb data draw data/puppets/train.txt --shots 4 --seed 1 --output draws/puppets-4-1.txt
              verb data draw hmdb/splits --root hmdb/videos --part train --shots 16 --seed 2 --output draws/hmdb-16-2.txt
            """)

    @Argument(help: "A list of videos, or a folder of split files or of folders of classes.")
    var list: String

    @OptionGroup(title: "List")
    var reading: ListReadingOptions

    @Option(help: "Number of videos of each class.")
    var shots: Int

    @Option(help: "Which draw.")
    var seed: UInt64 = 1

    @Option(help: "The list to write.")
    var output: String

    func validate() throws {
        guard shots > 0 else { throw ValidationError("--shots must be at least 1.") }
    }

    func run() async throws {
        let videos = try VideoList(reading: list, reading.options).labelled()
        let positions = try FewShot(shots: shots, seed: seed).positions(in: videos.samples)
        ListNotices.say(try videos.write(positions, to: output))
    }
}

/// What is worth knowing about a list that was written.
enum ListNotices {
    static func say(_ list: VideoList.Written) {
        let classes = list.classes.map { "; the classes are in \($0)" } ?? ""
        Notices.write("\(list.path): \(list.videos) videos, \(list.format.rawValue)\(classes)")
    }
}
