import ArgumentParser
import Datasets
import Foundation

struct PuppetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "puppets",
        abstract: "Write videos of the synthetic world Puppets, with lists and captions.",
        discussion: """
            EXAMPLES
              verb puppets data/puppets --train 900 --validation 180
              verb puppets data/long --long 20 --actions 6
              verb puppets data/large --seed 7 --size 96 --train 9000 --validation 900 --held-out 300 --second-look 300
            """)

    @Argument(help: "A new or empty folder, or one in which the same command was interrupted.")
    var folder: String

    @Option(help: "Number of clips of training actions, to train on.")
    var train = 0

    @Option(help: "Number of other clips of training actions.")
    var validation = 0

    @Option(help: "Number of clips of held-out actions, for zero-shot tests.")
    var heldOut = 0

    @Option(help: "Number of clips of training actions with other bodies, places and cameras.")
    var secondLook = 0

    @Option(help: "Number of long videos of several actions each, with their times in segments.json.")
    var long = 0

    @Option(help: "Number of actions in a long video.")
    var actions = 6

    @Option(help: "Where all random choices begin.")
    var seed: UInt64 = 1

    @Option(help: "Side of the frames in pixels, even.")
    var size = 64

    @Option(help: "Number of clips rendered at a time (default: the number of cores).")
    var workers: Int = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard hasClips || long != 0 else {
            throw ValidationError("Name at least one of --train, --validation, --held-out, --second-look, --long.")
        }
        guard workers > 0 else { throw ValidationError("--workers must be at least 1.") }
    }

    private var hasClips: Bool { [train, validation, heldOut, secondLook].contains { $0 != 0 } }

    func run() async throws {
        if hasClips { try await writeClips() }
        if long != 0 {
            let plan = PuppetsLongWriter.Plan(seed: seed, size: size, videos: long, actions: actions)
            let progress = ProgressReporter("long videos", unit: "videos")
            try PuppetsLongWriter(plan, to: URL(fileURLWithPath: folder)).write { progress.update($0, of: $1) }
        }
        print(folder)
    }

    private func writeClips() async throws {
        let plan = PuppetsPlan(
            seed: seed, size: size, train: train, validation: validation, heldOut: heldOut, secondLook: secondLook)
        let progress = ProgressReporter("puppets", unit: "clips")
        try await PuppetsWriter(plan, to: URL(fileURLWithPath: folder)).write(workers: workers) { done, total in
            progress.update(done, of: total)
        }
    }
}
