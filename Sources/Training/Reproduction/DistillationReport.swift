internal import ActionModels
internal import Foundation

/// The table of the threefold distillation: Markdown for people, JSON for programs, and the frontier of accuracy and
/// latency as a picture.
///
/// Source: its page, sections 5 and 6.
public struct DistillationReport: Sendable {
    /// How large a row's model is.
    public struct Size: Sendable, Codable, Equatable {
        /// Parameters of the image and the text tower, token embeddings counted.
        public let backboneParameters: Int
        /// Parameters of the image tower alone.
        public let imageParameters: Int
        /// Multiply-accumulate operations of a clip.
        public let clipMACs: Int
    }

    private struct File: Codable {
        let facts: ReproductionReport.Facts
        let results: [AblationResult]
        let sizes: [String: Size]
        let latencies: MeasuredLatencies?
        let fullSize: FullSizeSpeed?
    }

    /// What the numbers belong to.
    public let facts: ReproductionReport.Facts
    /// The results of all rows and seeds.
    public let results: [AblationResult]
    /// The sizes of the rows' models.
    public var sizes: [String: Size] = [:]
    /// How long they take; nil before it was measured.
    public var latencies: MeasuredLatencies?
    /// The speed of full-size backbones.
    public var fullSize: FullSizeSpeed?

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - facts: what the numbers belong to.
    ///   - results: of all rows and seeds.
    public init(_ facts: ReproductionReport.Facts, results: [AblationResult]) {
        (self.facts, self.results) = (facts, results)
    }

    /// Writes `distillation.md`, `distillation.json` and `distillation.svg` into a folder.
    ///
    /// - Parameter folder: the folder; made if it is missing.
    /// - Throws: `TrainingError.unwritable`.
    public func write(to folder: String) throws(TrainingError) {
        let file = File(facts: facts, results: results, sizes: sizes, latencies: latencies, fullSize: fullSize)
        try ReproductionReport.write(
            markdown, file, named: "distillation", to: folder, title: "Threefold distillation on Puppets")
        guard let drawing else { return }
        try SortedJSON.write(Data(drawing.svg.text.utf8), to: folder + "/distillation.svg")
    }

    /// The tables with what they belong to.
    public var markdown: String {
        let world = facts.world
        var lines = [
            "- Command: `\(facts.command)`", "- \(facts.date), \(facts.machine); \(facts.engine)",
            "- World: \(world.train) clips to train on (seed \(world.seed)); \(world.test) of the same 49 classes to test "
                + "on (seed \(world.testSeed), used for nothing else)",
            "", "| \(columns.joined(separator: " | ")) |", "|\(String(repeating: " --- |", count: columns.count))",
        ]
        lines += DistillationRow.all.compactMap(line)
        lines += ["", legend, ""] + verdictLines
        if drawing != nil { lines += ["![Accuracy and latency of all rows](distillation.svg)", ""] }
        return (lines + fusionLines + fullSizeLines).joined(separator: "\n") + "\n"
    }

    private var columns: [String] {
        ["row", "backbone", "spatial", "heads", "teacher", "top-1"] + (hasTop5 ? ["top-5"] : [])
            + ["mean class", "time order", "control", "backbone", "image tower", "GMAC", "model, p95", "+ preparing"]
            + ["+ decoding", "speed-up"]
    }

    /// Whether any result has a top-5, which older ones have not.
    var hasTop5: Bool { results.contains { $0.supervised.top5 != nil } }

    func own(_ id: String) -> [AblationResult] { results.filter { $0.id == id } }

    private func line(_ row: DistillationRow) -> String? {
        let own = own(row.id)
        guard !own.isEmpty else { return nil }
        func percent(_ value: (AblationResult) -> Double?) -> String {
            let values = own.compactMap(value)
            return values.isEmpty ? "–" : ReproductionReport.percent(Trials(values))
        }
        var cells = [
            "**\(row.id.uppercased())** \(row.purpose)", row.isSmall ? "small" : "large",
            row.hasSpatial ? "yes" : "–", row.mode.hasTwoViews ? "2" : "1", Self.teacher(row.mode),
        ]
        cells += [percent { $0.supervised.top1 }] + (hasTop5 ? [percent { $0.supervised.top5 }] : [])
        cells += [percent { $0.supervised.meanClass }, percent { $0.supervised.withinPairs }, control(row, own)]
        return "| " + (cells + costs(row.id)).joined(separator: " | ") + " |"
    }

    /// Size, work and time of a row's model.
    private func costs(_ id: String) -> [String] {
        let size = sizes[id], latency = latencies?.row(id)
        func time(_ times: LatencyTimes?) -> String { times.map { Self.milliseconds($0.median) } ?? "–" }
        let model = latency.map { "\(Self.milliseconds($0.model.median)), \(Self.milliseconds($0.model.p95))" }
        return [
            size.map { ReproductionReport.count($0.backboneParameters) } ?? "–",
            size.map { ReproductionReport.count($0.imageParameters) } ?? "–",
            size.map { Markup.decimal(Double($0.clipMACs) / 1e9, digits: 3) } ?? "–", model ?? "–",
            time(latency?.prepared), time(latency?.decoded),
            speedUp(latency).map { String(format: "%.2fx", $0) } ?? "–",
        ]
    }

    private static func teacher(_ mode: DistillationMode) -> String {
        switch mode {
        case .single, .twoHeadGroundTruth: "–"
        case .deitHard, .deitHardClasses, .swap: "hard"
        case .deitSoft, .deitSoftCode: "soft"
        }
    }

    private static func milliseconds(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1000) }

    /// The row without a teacher, seed by seed.
    private func control(_ row: DistillationRow, _ own: [AblationResult]) -> String {
        guard let control = row.control else { return "–" }
        let others = self.own(control)
        let gains = own.compactMap { result in
            others.first { $0.seed == result.seed }.map { result.supervised.top1 - $0.supervised.top1 }
        }
        guard !gains.isEmpty else { return "\(control.uppercased()): not run" }
        let gain = 100 * Trials(gains).mean
        return "\(control.uppercased()): \(ReproductionReport.percent(Trials(others.map(\.supervised.top1)))) "
            + String(format: "(%+.1f)", gain)
    }

    func speedUp(_ latency: ModelLatency?) -> Double? {
        guard let latency, let first = latencies?.row(DistillationRow.teacher) else { return nil }
        return first.model.median / latency.model.median
    }

    /// Every way of making one answer of two heads.
    private var fusionLines: [String] {
        let names = ViewFusion.allCases.map(\.rawValue)
        let rows = DistillationRow.all.compactMap { row -> String? in
            let own = own(row.id).compactMap(\.fusions)
            guard !own.isEmpty else { return nil }
            let cells = names.map { name in
                let values = own.compactMap { $0[name] }
                return values.isEmpty ? "–" : ReproductionReport.percent(Trials(values))
            }
            return "| \(row.id.uppercased()) | \(cells.joined(separator: " | ")) |"
        }
        guard !rows.isEmpty else { return [] }
        return [
            "Top-1 of the two heads together and apart:", "", "| row | \(names.joined(separator: " | ")) |",
            "| --- |\(String(repeating: " --- |", count: names.count))",
        ] + rows + [""]
    }

    private var fullSizeLines: [String] {
        guard let fullSize else { return [] }
        let rows = fullSize.rows.map { row in
            "| \(row.name) | \(ReproductionReport.count(row.backboneParameters)) | "
                + "\(Markup.decimal(Double(row.clipMACs) / 1e9, digits: 1)) | "
                + "\(Self.milliseconds(row.latency.median)), \(Self.milliseconds(row.latency.p95)) |"
        }
        let pairs = FullSizeSpeed.replacements.compactMap { large, small in
            fullSize.speedUp(large, small).map { "| \(large) → \(small) | \(String(format: "%.2fx", $0)) |" }
        }
        return [
            "Full size, random weights: ActionCLIP with 8 frames of 224 pixels, `Transf` of six blocks, 51 classes, one clip, "
                + "\(fullSize.threads) threads\(fullSize.machine.map { " on \($0)" } ?? ""), medians of "
                + "\(fullSize.settings.runs) runs in turn.",
            "", "| backbone | parameters | GMAC | model, p95 (ms) |", "| --- | --- | --- | --- |",
        ] + rows + ["", "| replacement | speed-up |", "| --- | --- |"] + pairs + [""]
    }

    /// The rows with both numbers; nil before anything was measured.
    var drawing: FrontierDrawing? {
        let points = DistillationRow.all.compactMap { row -> FrontierDrawing.Point? in
            let own = own(row.id)
            guard let latency = latencies?.row(row.id), !own.isEmpty else { return nil }
            return FrontierDrawing.Point(
                name: row.id.uppercased(), milliseconds: latency.model.median * 1000,
                share: Trials(own.map(\.supervised.top1)).mean, isSmall: row.isSmall)
        }
        return points.isEmpty ? nil : FrontierDrawing(points)
    }
}
