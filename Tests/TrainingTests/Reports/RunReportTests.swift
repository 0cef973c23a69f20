import Foundation
import Testing
import Video

@testable import Training

@Suite("HTML reports")
struct RunReportTests {
    static let hostile = "<script>alert('1')</script>\"'&\u{0}\u{202E}é 跳 \u{1F98A}</td>"

    /// A report with everything, of many classes.
    static func full(classes: Int = 12, name: (Int) -> String = { "class \($0)" }) throws -> RunReport {
        var state = UInt64(3)
        func draw() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        let labels = (0..<classes * 5).map { $0 % classes }
        let rows = labels.map { label in
            (0..<classes).map { 6 * draw() + ($0 == label ? 2.5 : $0 == (label + 1) % classes ? 1.5 : 0) }
        }
        var scores = ClipScores(
            paths: labels.indices.map { "clips/\(name($0)).mp4" }, labels: labels.map { [$0] }, scores: rows,
            classes: (0..<classes).map(name),
            unreadable: [UnreadableVideo(path: "x/\(name(0))", reason: name(1), labels: [0])])
        scores.kind = .logits
        var report = RunReport(title: "Run \(name(0))")
        report.subtitle = "of \(name(1))"
        report.facts = [.init("command", "verb train \(name(2))"), .init(name(3), "value")]
        report.recipe = "title: \(name(4))\nmodel:\n  width: 8"
        report.log = (0..<60).map { step in
            let t = Double(step)
            var values = [
                "train/loss": 4 / (1 + t / 8), "train/loss/contrastive": 3 / (1 + t / 8),
                "train/learning_rate": 1e-3 * (1 - t / 60), "train/images_per_second": 90 + 10 * draw(),
                "train/data_wait": 0.05 * draw(), name(5): t,
            ]
            if step % 10 == 9 { values["validation/top1"] = t / 80 }
            if step == 30 { values["train/loss"] = .nan }
            return LogLine(step: step * 10, scalars: values)
        }
        report.classification = try ClassificationReport(scores)
        let frames = (0..<3).map { Frame(width: 8, height: 6, pixels: [UInt8](repeating: UInt8(60 * $0), count: 144)) }
        report.mistakes = try scores.mostConfidentMistakes(3).enumerated().map { number, mistake in
            RunReport.Mistake(mistake, strip: number == 2 ? nil : try EncodedImage(strip: frames, height: 12))
        }
        report.skipped = scores.unreadable
        return report
    }

    @Test("a page with all sections, complete in itself")
    func sections() throws {
        let html = try Self.full().html()
        for heading in [
            "<h2>Run</h2>", "<h2>Curves</h2>", "<h3>Loss</h3>", "<h3>Learning rate</h3>", "<h3>Validation</h3>",
            "<h3>Images a second</h3>", "<h3>Share of time spent waiting for data</h3>", "<h2>Confusion matrix</h2>",
            "<h2>Calibration</h2>", "<h2>Classes</h2>", "<h2>Most confident mistakes</h2>", "<h2>Skipped videos</h2>",
            "data:image/jpeg;base64,/9j/", "no frames", "1 of the values is not finite",
        ] { #expect(html.contains(heading), "\(heading)") }
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"))
        #expect(!html.contains("src=\"/") && !html.contains("url(") && !html.contains("@import"))
        #expect(!html.contains(">nan<") && !html.contains("\"nan\"") && !html.contains("Optional("))
    }

    @Test("equal reports have equal bytes")
    func deterministic() throws {
        #expect(try Self.full().html() == Self.full().html())
    }

    @Test("nothing that comes from outside becomes markup")
    func escaping() throws {
        let html = try Self.full(name: { _ in Self.hostile }).html()
        #expect(!html.contains("<script") && !html.contains("alert('1')") && !html.contains("\u{202E}"))
        #expect(!html.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" })
        #expect(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&#39;&amp;"))
        // Every tag that opens closes: the same tree as with harmless names.
        let harmless = try Self.full(name: { _ in "x" }).html()
        #expect(Self.tags(html) == Self.tags(harmless))
    }

    private static func tags(_ html: String) -> [String: Int] {
        html.matches(of: /<\/?[a-z0-9]+/).reduce(into: [:]) { $0[String($1.output), default: 0] += 1 }
    }

    @Test("as XML it is well formed, apart from HTML's void elements", arguments: [1, 3, 20, 60, 61, 400])
    func wellFormed(_ classes: Int) throws {
        let html = try Self.full(classes: max(classes, 2), name: { "\($0) \(Self.hostile)" }).html()
        var open: [String] = []
        for match in html.matches(of: /<(\/?)([a-zA-Z0-9]+)[^>]*?(\/?)>/) {
            let name = String(match.output.2)
            if ["meta", "img"].contains(name) || !match.output.3.isEmpty { continue }
            if match.output.1.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
        }
        #expect(open.isEmpty, "\(open)")
    }

    @Test("of many classes only those that are confused most are drawn")
    func manyClasses() throws {
        let few = try #require(try Self.full(classes: 60).classification?.confusion)
        #expect(ConfusionDrawing(few).shown.count == 60)
        let many = try #require(try Self.full(classes: 400).classification?.confusion)
        let drawing = ConfusionDrawing(many)
        #expect(drawing.shown.count == 40 && Set(drawing.shown).count == 40)
        let first = many.confusions[0]
        #expect(Array(drawing.shown.prefix(2)) == [first.actual, first.predicted])
        #expect(drawing.markup.text.contains("The 40 classes of 400"))
        let perfect = ConfusionMatrix(
            classes: (0..<70).map(String.init), actual: Array(0..<70), predicted: Array(0..<70))
        #expect(ConfusionDrawing(perfect).markup.text == "<p>No class was taken for another.</p>")
    }

    @Test("an empty report, and odd logs, are pages too")
    func odd() throws {
        #expect(RunReport(title: "").html().contains("<p>None.</p>"))
        let logs: [[Double]] = [
            [.nan], [.infinity, 1], [0, 0], [1e-300, 1e300], [-5], [-Double.infinity], [3, .nan, 3],
        ]
        for values in logs {
            var report = RunReport(title: "odd")
            report.log = values.enumerated().map {
                LogLine(step: $0, scalars: ["train/loss": $1, "x": $1, "validation/y": $1])
            }
            let html = report.html()
            #expect(!html.contains("=\"nan") && !html.contains("\"inf") && !html.contains("Lnan"), "\(values)")
        }
    }

    @Test("multi-label lists show average precision")
    func multiLabel() throws {
        var report = RunReport(title: "m")
        report.classification = try ClassificationReport(
            ClipScores(
                paths: ["p", "q"], labels: [[0, 1], [1]], scores: [[0.2, 0.9], [0.8, 0.3]], classes: ["a", "b"]))
        let html = report.html()
        #expect(html.contains("average precision") && html.contains("mAP") && !html.contains("Confusion matrix"))
    }

    @Test("long curves keep their peaks")
    func thinned() {
        let points = (0..<10_000).map { Chart.Point(x: Double($0), y: $0 == 7777 ? 99 : Double($0 % 10)) }
        let thinned = ChartDrawing.thinned(points)
        #expect(thinned.count <= 400 && thinned.contains(points[7777]))
        #expect(thinned.map(\.x) == thinned.map(\.x).sorted())
    }

    @Test("axes hold their values and label round numbers")
    func axes() {
        let axis = ChartAxis([0.13, 0.87], hasZero: true)
        #expect(axis.ticks.map { ($0 * 10).rounded() / 10 } == [0, 0.5, 1])
        #expect(axis.place(0) == 0 && axis.place(1) == 1)
        let steps = ChartAxis([0, 3], isWhole: true)
        #expect(steps.ticks == [0, 1, 2, 3])
        let log = ChartAxis(logarithmOf: [0.02, 300])
        #expect(log.ticks.count == 6 && abs(log.place(0.01)) < 1e-12 && abs(log.place(1000) - 1) < 1e-12)
        let single = ChartAxis([4])
        #expect((0...1).contains(single.place(4)))
    }

    @Test("the file appears whole")
    func file() throws {
        try withFolder { folder in
            let report = try Self.full()
            try report.write(to: folder + "/report.html")
            #expect(try String(contentsOfFile: folder + "/report.html", encoding: .utf8) == report.html())
            #expect(throws: TrainingError.self) { try report.write(to: folder + "/none/report.html") }
        }
    }

    @Test("strips take frames from all of the clip, and none is an error")
    func strips() throws {
        let frames = (0..<20).map { _ in Frame(width: 30, height: 20, pixels: [UInt8](repeating: 200, count: 1800)) }
        let strip = try EncodedImage(strip: frames, height: 10, limit: 4)
        #expect(strip.width == 4 * 17 + 2 && strip.height == 14)
        let again = try EncodedImage(strip: frames, height: 10, limit: 4)
        #expect(strip == again && strip.bytes.starts(with: [0xFF, 0xD8]))
        #expect(throws: VideoError.self) { try EncodedImage(strip: []) }
    }
}
