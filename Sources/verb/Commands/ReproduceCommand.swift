public import ArgumentParser
import Foundation
import Recognition
import Torch
public import Training

extension ReproductionSuite: ExpressibleByArgument {}

struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Make the tables of Puppets anew: the papers' ablations, or the threefold distillation.",
        discussion: """
            Trains every row of the table with every seed from the bundled verb-tiny, measures it on clips of another \
            seed, and writes puppets.md and puppets.json. What is done is kept in the folder of runs: started again, it \
            goes on where it was, and several processes may share it, each with rows of its own. Each run takes a few \
            minutes on two cores. The table has everything that the folder holds.

            --suite distillation trains C0 to C10: c0 first, whose models teach; then measures the latency of all models \
            and the speed of full-size backbones, which wants a quiet machine, and writes distillation.md, .json and .svg.

            EXAMPLES
              verb reproduce
              verb reproduce --only frozen evl-none evl-all --seeds 1 --output /tmp/results
              verb reproduce --suite distillation --work runs/distillation
            """)

    @Option(help: "Which table.")
    var suite = ReproductionSuite.puppets

    @Option(help: "The folder of clips, runs and results (default: runs/reproduce, or runs/SUITE).")
    var work: String?

    @Option(help: "The folder of the table.")
    var output = "docs/results"

    @Option(parsing: .upToNextOption, help: "Where the runs' random choices begin, one for each repetition.")
    var seeds: [UInt64] = [1, 2, 3]

    @Option(parsing: .upToNextOption, help: "Only these rows; `--list` names them.")
    var only: [String] = []

    @Flag(help: "List the rows and do nothing.")
    var list = false

    @Option(
        name: .customLong("set"), help: "A value over every recipe's, such as run.workers=1; may come several times.")
    var assignments: [String] = []

    @Option(help: "Number of clips to train on.")
    var train = Reproduction.World().train

    @Option(help: "Number of clips of the same classes to test on.")
    var test = Reproduction.World().test

    @Option(help: "Number of clips of the held-out classes to test on.")
    var heldOut = Reproduction.World().heldOut

    @Option(help: "Threads of LibTorch (default: the number of cores).")
    var threads: Int?

    @Option(help: "The machine in words, for the table.")
    var machine = "\(ProcessInfo.processInfo.activeProcessorCount) cores"

    @Flag(help: "Leave the processor to other programs where they want it.")
    var background = false

    @OptionGroup(title: "Suite distillation")
    var students: DistillationSuiteOptions

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024.") }
        guard !seeds.isEmpty else { throw ValidationError("--seeds needs at least one number.") }
        let known = Set(suite.rows.map(\.id))
        for id in only where !known.contains(id) {
            throw ValidationError(
                "there is no row \(id); `verb reproduce --suite \(suite.rawValue) --list` names all.")
        }
    }

    func run() async throws {
        let rows = suite.rows.filter { only.isEmpty || only.contains($0.id) }
        if list { return rows.forEach { print("\($0.id)\t\($0.family.rawValue): \($0.title)") } }
        if let threads { TorchRuntime.threads = threads }
        if background { _ = nice(15) }
        var world = Reproduction.World()
        (world.train, world.test, world.heldOut) = (train, test, heldOut)
        var reproduction = Reproduction(
            rows, seeds: seeds, world: world, folder: folder, start: try await StartingPoint.named("verb-tiny"))
        try await students.apply(to: &reproduction)
        reproduction.assignments = assignments + (threads.map { ["run.threads=\($0)"] } ?? [])
        let printer = ReproductionPrinter()
        try await reproduction.run { printer.show($0) }
        // A table is not made smaller by a part of it that was run again.
        let results = await reproduction.results(of: suite.rows)
        let facts = ReproductionReport.Facts(
            command: command(all: reproduction.isComplete(results, of: suite.rows)), date: Self.today, machine: machine,
            world: world)
        switch suite {
        case .puppets: try ReproductionReport(facts, rows: suite.rows, results: results).write(to: output)
        case .distillation: try await students.report(reproduction, facts, results, printer).write(to: output)
        }
        print("\(output)/\(suite.rawValue).md")
    }

    private var folder: String { work ?? (suite == .puppets ? "runs/reproduce" : "runs/\(suite.rawValue)") }

    private static var today: String { Date.now.formatted(.iso8601.year().month().day()) }

    /// The command that makes the table.
    private func command(all: Bool) -> String {
        let usual = Reproduction.World()
        func option(_ name: String, _ value: Int, unless usual: Int) -> [String] {
            value == usual ? [] : ["--\(name) \(value)"]
        }
        let size =
            option("train", train, unless: usual.train) + option("test", test, unless: usual.test)
            + option("held-out", heldOut, unless: usual.heldOut)
        return
            (["verb reproduce"] + (suite == .puppets ? [] : ["--suite \(suite.rawValue)"])
            + (all || only.isEmpty ? [] : ["--only"] + only)
            + (seeds == [1, 2, 3] ? [] : ["--seeds"] + seeds.map(String.init)) + size
            + students.words + (threads.map { ["--threads \($0)"] } ?? []) + assignments.map { "--set \($0)" }).joined(
                separator: " ")
    }
}
