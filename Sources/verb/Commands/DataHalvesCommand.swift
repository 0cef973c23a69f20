import ArgumentParser
import Datasets
import Foundation

struct DataHalvesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halves",
        abstract: "Halve the classes of a training list into base and novel ones.",
        discussion: """
            The base half are the more frequent classes, among equally frequent ones the later; classes without videos \
            belong to neither. Writes base.txt and \
            novel.txt, each with labels of its own, and base.classes.txt and novel.classes.txt, which `verb evaluate \
            --protocol base-to-novel` reads. Models are trained on base.txt, or on draws of it.

            EXAMPLES
              verb data halves data/puppets/train.txt --output halves/puppets
              verb data draw halves/puppets/base.txt --classes halves/puppets/base.classes.txt --shots 16 --seed 1 \\
                --output halves/puppets/base-16-1.txt
            """)

    @Argument(help: "The training list, or a folder of split files or of folders of classes.")
    var list: String

    @OptionGroup(title: "List")
    var reading: ListReadingOptions

    @Option(help: "The folder to write; made if it is missing.")
    var output: String

    func run() async throws {
        let videos = try VideoList(reading: list, reading.options).labelled()
        guard videos.classes != nil, !videos.isMultiLabel else {
            throw DatasetError.badOption(
                "\(list): base and novel classes need names, which --classes gives, and one label a video")
        }
        let counts = Dictionary(grouping: videos.samples.flatMap(\.labels), by: \.self).mapValues(\.count)
        let occurring = counts.keys.sorted()
        guard occurring.count > 1 else { throw DatasetError.badOption("\(list): one class has no halves") }
        let halves = BaseToNovel(counts: occurring.map { counts[$0] ?? 0 })
        do { try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true) } catch {
            throw DatasetError.notWritable(path: output, reason: error.localizedDescription)
        }
        for (name, classes) in [("base", halves.base), ("novel", halves.novel)] {
            let classes = classes.map { occurring[$0] }
            let kept = Set(classes)
            let positions = videos.samples.indices.filter { videos.samples[$0].labels.allSatisfy(kept.contains) }
            ListNotices.say(try videos.write(positions, classes: classes, to: "\(output)/\(name).txt"))
        }
    }
}
