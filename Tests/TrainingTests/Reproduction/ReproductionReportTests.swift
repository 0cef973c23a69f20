import Foundation
import Testing

@testable import Training

@Suite("The table of a reproduction")
struct ReproductionReportTests {
    private func accuracy(_ top1: Double, _ pairs: Double) -> AblationResult.Accuracy {
        AblationResult.Accuracy(top1: top1, stillTellable: 0.9, paired: 0.8, orderBlind: 0.9, withinPairs: pairs)
    }

    private func result(_ id: String, _ seed: UInt64, _ top1: Double, zeroShot: Double?) -> AblationResult {
        AblationResult(
            id: id, seed: seed, world: Reproduction.World(), supervised: accuracy(top1, 0.5),
            zeroShot: zeroShot.map { accuracy($0, 0.5) },
            trainedParameters: 1_500_000, steps: 10, seconds: Double(seed) * 10, peakMemory: 300 << 20)
    }

    private var report: ReproductionReport {
        let world = Reproduction.World()
        return ReproductionReport(
            .init(command: "verb reproduce", date: "2026-01-02", machine: "a machine", world: world),
            rows: Ablation.puppets,
            results: [
                result("frozen", 0, 0.6, zeroShot: 0.4), result("evl-all", 1, 0.9, zeroShot: nil),
                result("evl-all", 2, 0.92, zeroShot: nil), result("evl-all", 3, 0.94, zeroShot: nil),
                result("actionclip-meanp", 1, 0.7, zeroShot: 0.3),
            ])
    }

    @Test("means, deviations, retention and medians")
    func cells() throws {
        let lines = report.markdown.split(separator: "\n").map(String.init)
        #expect(
            lines.contains(
                "| all three | 92.0 ± 2.0 | 90.0 ± 0.0 | 80.0 ± 0.0 | 50.0 ± 0.0 | – | – | – | 1.50 M | 20 s | 300 MiB |"
            ))
        #expect(lines.contains { $0.hasPrefix("| mean (meanP) | 70.0 | 90.0 | 80.0 | 50.0 | 30.0 | 50.0 | 75.0 |") })
        #expect(lines.contains { $0.hasPrefix("| frozen CLIP, zero-shot | 60.0 |") && $0.contains("| 100.0 |") })
        #expect(!report.markdown.contains("LSTM"))
    }

    @Test("what people wrote around the table stays")
    func merging() {
        let marks = ReproductionReport.marks
        let page = "# Title\n\nBefore.\n\n\(marks.begin)\nold\n\(marks.end)\n\nAfter.\n"
        let merged = ReproductionReport.merged("new\n", into: page)
        #expect(merged == "# Title\n\nBefore.\n\n\(marks.begin)\nnew\n\(marks.end)\n\nAfter.\n")
        #expect(ReproductionReport.merged("new\n", into: "# T\n") == "# T\n\n\(marks.begin)\nnew\n\(marks.end)\n")
    }

    @Test("every row has a recipe that can be read, a name of its own, and is in the table")
    func rows() throws {
        #expect(Set(Ablation.puppets.map(\.id)).count == Ablation.puppets.count)
        var texts: Set<String> = []
        for row in Ablation.puppets {
            guard let recipe = row.recipe else { continue }
            let text = try TrainingRecipe.find(recipe, setting: row.assignments).text
            #expect(texts.insert(text).inserted, "\(row.id) is another row's recipe")
        }
    }
}
