internal import Foundation
internal import Torch

/// The table of a reproduction: Markdown for people, JSON for programs.
///
/// In a page that is there already only the part between two marks is written anew, so that what people wrote about the
/// results stays.
public struct ReproductionReport: Sendable {
    /// What the numbers belong to.
    public struct Facts: Sendable, Codable, Equatable {
        /// The command.
        public var command: String
        /// The day, as `2026-11-21`.
        public var date: String
        /// The machine in words.
        public var machine: String
        /// The size of the world.
        public var world: Reproduction.World
        /// LibTorch's version and threads.
        public var engine: String

        /// Describes a run.
        ///
        /// - Parameters:
        ///   - command: the command.
        ///   - date: the day, as `2026-11-21`.
        ///   - machine: the machine in words.
        ///   - world: the size of the world.
        public init(command: String, date: String, machine: String, world: Reproduction.World) {
            self.command = command
            self.date = date
            self.machine = machine
            self.world = world
            engine = "LibTorch \(TorchRuntime.version), \(TorchRuntime.threads) threads, float32"
        }
    }

    private struct File: Codable {
        let facts: Facts
        let results: [AblationResult]
    }

    static let marks = (begin: "<!-- results -->", end: "<!-- end of results -->")

    /// What the numbers belong to.
    public let facts: Facts
    /// The rows.
    public let rows: [Ablation]
    /// Their results.
    public let results: [AblationResult]

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - facts: what the numbers belong to.
    ///   - rows: the rows.
    ///   - results: of all rows and seeds.
    public init(_ facts: Facts, rows: [Ablation], results: [AblationResult]) {
        self.facts = facts
        self.rows = rows
        self.results = results
    }

    /// Writes `puppets.md` and `puppets.json` into a folder.
    ///
    /// - Parameter folder: the folder; made if it is missing.
    /// - Throws: `TrainingError.unwritable`.
    public func write(to folder: String) throws(TrainingError) {
        try Self.write(
            markdown, File(facts: facts, results: results), named: "puppets", to: folder,
            title: "The papers' claims on Puppets")
    }

    /// Writes a page and what it was made of.
    static func write(
        _ markdown: String, _ content: some Encodable, named name: String, to folder: String, title: String
    ) throws(TrainingError) {
        let page = "\(folder)/\(name).md"
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: folder, detail: error.localizedDescription)
        }
        try SortedJSON.write(content, to: "\(folder)/\(name).json")
        let before = (try? String(contentsOfFile: page, encoding: .utf8)) ?? "# \(title)\n\n"
        try SortedJSON.write(Data(merged(markdown, into: before).utf8), to: page)
    }

    /// A page with the part between the marks written anew.
    static func merged(_ part: String, into page: String) -> String {
        let marked = "\(marks.begin)\n\(part)\(marks.end)"
        guard let begin = page.range(of: marks.begin),
            let end = page.range(of: marks.end, range: begin.upperBound..<page.endIndex)
        else { return page.trimmingCharacters(in: .newlines) + "\n\n\(marked)\n" }
        return page.replacingCharacters(in: begin.lowerBound..<end.upperBound, with: marked)
    }

    /// The table with what it belongs to.
    public var markdown: String {
        var lines = [
            "- Command: `\(facts.command)`", "- \(facts.date), \(facts.machine); \(facts.engine)",
            "- World: \(facts.world.train) clips to train on (seed \(facts.world.seed)); \(facts.world.test) of the same 49 "
                + "classes and \(facts.world.heldOut) of the 10 held-out classes to test on (seed \(facts.world.testSeed), "
                + "used for nothing else)", "",
        ]
        lines += [
            "| method | top-1 | still-tellable | pairs | time order | zero-shot | its time order | retention | trained | "
                + "time | memory |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for family in Ablation.Family.allCases {
            let own = rows.filter { $0.family == family }
            guard !own.isEmpty else { continue }
            lines.append("| **\(family.rawValue)** | | | | | | | | | | |")
            lines += own.compactMap(line)
        }
        return lines.joined(separator: "\n") + "\n\n" + Self.legend + "\n"
    }

    private static let legend = """
        Accuracies in percent, mean ± sample standard deviation over seeds. *Top-1*: of unseen clips of the 49 trained \
        classes. *Still-tellable* and *pairs*: the same of clips whose class is nobody's reversal in time, and of those \
        whose class has such a partner (all 49 classes compete). *Time order*: of the latter clips the share that scores \
        its own class above the partner; 50 is chance. *Zero-shot* and *its time order*: the same among the 10 held-out \
        classes by their names. *Retention*: zero-shot as a share of the frozen CLIP's. *Trained*: parameters. *Time* and \
        *memory*: of training, median over seeds; memory is the process's largest resident size.
        """

    private var frozenZeroShot: Double? { results.first { $0.id == "frozen" }?.zeroShot?.top1 }

    private func line(_ row: Ablation) -> String? {
        let own = results.filter { $0.id == row.id }
        guard let first = own.first else { return nil }
        func cell(_ value: (AblationResult) -> Double?) -> String {
            let values = own.compactMap(value)
            return values.isEmpty ? "–" : Self.percent(Trials(values))
        }
        func retention(_ result: AblationResult) -> Double? {
            guard let frozenZeroShot, frozenZeroShot > 0 else { return nil }
            return result.zeroShot.map { $0.top1 / frozenZeroShot }
        }
        let cells = [
            row.title, cell { $0.supervised.top1 }, cell { $0.supervised.stillTellable },
            cell { $0.supervised.paired }, cell { $0.supervised.withinPairs }, cell { $0.zeroShot?.top1 },
            cell { $0.zeroShot?.withinPairs }, cell(retention), Self.count(first.trainedParameters),
            row.recipe == nil ? "–" : Self.time(Self.median(own.map(\.seconds))),
            Self.median(own.compactMap { $0.peakMemory.map(Double.init) }).map {
                String(format: "%.0f MiB", $0 / 1_048_576)
            }
                ?? "–",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    static func percent(_ trials: Trials) -> String {
        let mean = String(format: "%.1f", 100 * trials.mean)
        return trials.values.count > 1 ? mean + String(format: " ± %.1f", 100 * (trials.sampleStd ?? 0)) : mean
    }

    static func count(_ parameters: Int) -> String {
        parameters == 0 ? "0" : String(format: "%.2f M", Double(parameters) / 1e6)
    }

    private static func time(_ seconds: Double?) -> String { seconds.map { String(format: "%.0f s", $0) } ?? "–" }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
