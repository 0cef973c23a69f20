import Foundation
import Testing

@testable import Training

@Suite("The table of the threefold distillation")
struct DistillationReportTests {
    private func result(_ id: String, _ seed: UInt64, _ top1: Double) -> AblationResult {
        var accuracy = AblationResult.Accuracy(
            top1: top1, stillTellable: nil, paired: nil, orderBlind: top1, withinPairs: 0.5)
        accuracy.meanClass = top1 - 0.1
        var result = AblationResult(
            id: id, seed: seed, world: Reproduction.World(), supervised: accuracy, zeroShot: nil,
            trainedParameters: 1, steps: 10, seconds: 1, peakMemory: nil)
        if id != "c0" { result.fusions = ["average_prob": top1, "frame": top1 - 0.02] }
        return result
    }

    private func latency(_ id: String, _ milliseconds: Double) -> ModelLatency {
        let times = LatencyTimes((1...100).map { _ in milliseconds / 1000 })
        return ModelLatency(id: id, model: times, prepared: times, decoded: times)
    }

    private var report: DistillationReport {
        var report = DistillationReport(
            .init(command: "verb", date: "2026-01-02", machine: "a machine", world: Reproduction.World()),
            results: [
                result("c0", 1, 0.8), result("c0", 2, 0.9), result("c4", 1, 0.7), result("c4", 2, 0.8),
                result("c6", 1, 0.66), result("c6", 2, 0.78),
            ])
        report.sizes = ["c4": .init(backboneParameters: 1_500_000, imageParameters: 900_000, clipMACs: 45_000_000)]
        report.latencies = MeasuredLatencies(
            settings: LatencyProtocol(), threads: 3, machine: "a machine", rows: [latency("c0", 4), latency("c4", 1)])
        return report
    }

    @Test("means, the control beside a taught row, and the speed-up over C0")
    func cells() throws {
        let lines = report.markdown.split(separator: "\n").map(String.init)
        let taught = try #require(lines.first { $0.hasPrefix("| **C4**") })
        #expect(
            taught
                == "| **C4** I + III, hard | small | – | 2 | hard | 75.0 ± 7.1 | 65.0 ± 7.1 | 50.0 ± 0.0 | "
                + "C6: 72.0 ± 8.5 (+3.0) | 1.50 M | 0.90 M | 0.045 | 1.00, 1.00 | 1.00 | 1.00 | 4.00x |")
        #expect(lines.contains { $0.hasPrefix("| **C0**") && $0.contains("| 4.00, 4.00 | 4.00 | 4.00 | 1.00x |") })
        #expect(!report.markdown.contains("**C9**"))
        #expect(lines.contains { $0.hasPrefix("| C4 | 75.0") && $0.contains("| 73.0") })
        #expect(lines.contains { $0.contains("](distillation.svg)") })
    }

    @Test("a verdict for each student: its loss against C0's deviation, its speed against three times C0's")
    func verdicts() {
        let lines = report.markdown.split(separator: "\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("- **C") } == [
                "- **C4**: 10.0 points behind C0, whose deviation is 7.1: not kept; 4.00x its speed: reached.",
                "- **C6**: 13.0 points behind C0, whose deviation is 7.1: not kept; its speed was not measured.",
            ])
        var near = report
        near = DistillationReport(near.facts, results: near.results + [result("c8", 1, 0.78), result("c8", 2, 0.79)])
        near.latencies = MeasuredLatencies(
            settings: LatencyProtocol(), threads: 3, machine: "", rows: [latency("c0", 4), latency("c8", 2)])
        let kept = "- **C8**: 6.5 points behind C0, whose deviation is 7.1: kept; 2.00x its speed: not reached."
        #expect(near.markdown.contains(kept))
        let better = DistillationReport(near.facts, results: near.results + [result("c10", 1, 0.9)])
        #expect(better.markdown.contains("- **C10**: 5.0 points ahead of C0, whose deviation is 7.1: kept; its speed"))
        let alone = DistillationReport(near.facts, results: [result("c0", 1, 0.8), result("c1", 1, 0.7)])
        #expect(alone.markdown.contains("- **C1**: 10.0 points behind C0, whose deviation needs two seeds"))
    }

    @Test("the legend says how often, with how many threads and where times were measured, and what C5's control is")
    func legend() {
        #expect(report.markdown.contains("100 runs after 10 to warm up"))
        #expect(report.markdown.contains("3 LibTorch threads, a machine."))
        #expect(report.markdown.contains("α = 0.5 in it") && report.markdown.contains("α = 0.1 in the soft row, C5"))
        var bare = report
        bare.latencies = nil
        #expect(bare.markdown.contains("Times were not measured.") && bare.drawing == nil)
    }

    @Test("top-5 has a column where results hold it")
    func topFive() throws {
        #expect(!report.markdown.contains("top-5"))
        let page = DistillationReport(
            report.facts,
            results: report.results.map { result in
                var own = result.supervised
                own.top5 = own.top1 + 0.1
                return AblationResult(
                    id: result.id, seed: result.seed, world: result.world, supervised: own, zeroShot: nil,
                    trainedParameters: 1, steps: 10, seconds: 1, peakMemory: nil)
            }
        ).markdown
        #expect(page.contains("| top-1 | top-5 | mean class |") && page.contains("| 75.0 ± 7.1 | 85.0 ± 7.1 | 65.0"))
        let old = #"{"top1":1,"orderBlind":1,"withinPairs":1}"#
        let kept = try JSONDecoder().decode(AblationResult.Accuracy.self, from: Data(old.utf8))
        #expect(kept.top5 == nil && kept.meanClass == nil)
    }

    @Test("files: a page, its numbers, and a picture that is whole")
    func files() async throws {
        try await inFolder { folder in
            try report.write(to: folder.path)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["distillation.json", "distillation.md", "distillation.svg"])
            let svg = try String(contentsOfFile: folder.path + "/distillation.svg", encoding: .utf8)
            #expect(svg.hasPrefix("<svg xmlns=") && svg.contains("C4: 75.0") && svg.hasSuffix("</svg>\n"))
            #expect(svg.components(separatedBy: "<text").count == svg.components(separatedBy: "</text>").count)
        }
    }

    @Test("the frontier has the points that none beats in both")
    func frontier() {
        func point(_ name: String, _ milliseconds: Double, _ share: Double) -> FrontierDrawing.Point {
            FrontierDrawing.Point(name: name, milliseconds: milliseconds, share: share, isSmall: false)
        }
        let drawing = FrontierDrawing([
            point("slow", 5, 0.9), point("beaten", 4, 0.6), point("fast", 1, 0.7), point("also", 1, 0.65),
        ])
        #expect(drawing.frontier.map(\.name) == ["fast", "slow"])
        #expect(FrontierDrawing([point("one", 2, 0.5)]).svg.text.contains("one"))
    }

    @Test("the middle and what 95 of 100 stay below")
    func times() {
        let times = LatencyTimes((1...100).map(Double.init).shuffled())
        #expect(times.median == 50.5 && times.p95 == 95)
        #expect(LatencyTimes([3]).p95 == 3 && LatencyTimes([3, 1, 2]).median == 2)
    }

    @Test("full-size ratios are of the backbones that replace one another")
    func fullSize() throws {
        func row(_ name: String, _ seconds: Double) -> FullSizeSpeed.Row {
            FullSizeSpeed.Row(
                name: name, backboneParameters: 1, clipMACs: 1, latency: LatencyTimes([seconds]))
        }
        let speed = FullSizeSpeed(
            rows: [row("ViT-B/16", 4), row("TinyCLIP 39M/16", 2)], threads: 2, settings: LatencyProtocol())
        #expect(speed.speedUp("ViT-B/16", "TinyCLIP 39M/16") == 2)
        #expect(speed.speedUp("ViT-B/16", "TinyCLIP 8M/16") == nil)
        var page = self.report
        page.fullSize = speed
        #expect(page.markdown.contains("| ViT-B/16 → TinyCLIP 39M/16 | 2.00x |"))
    }
}
