internal import Foundation

extension DistillationReport {
    /// What the columns of the table are.
    var legend: String {
        let (soft, control) = (DistillationMode.deitSoft, DistillationMode.twoHeadGroundTruth)
        let top5 = hasTop5 ? "*top-5*, " : ""
        return """
            *Top-1*, \(top5)*mean class* (the mean of the classes' accuracies) and *time order* (clips of classes that are \
            one another's reversal, scored above their partner; 50 is chance) in percent, mean ± sample standard deviation \
            over seeds. *Control*: the top-1 of the same student without a teacher, and what the teacher adds to it; the \
            second head counts α = \(control.defaults.alpha) in it, as in the hard rows, and α = \(soft.defaults.alpha) in the \
            soft row, C5, whose control so differs in α too. *Backbone*: parameters of both towers, token embeddings \
            counted; *image tower*: its own alone. *GMAC* of a clip. \(measured)
            """
    }

    /// How times were measured.
    private var measured: String {
        guard let latencies else { return "Times were not measured." }
        let settings = latencies.settings
        return """
            Times in milliseconds, one clip, class texts encoded before: the median from normalised frames to probabilities \
            and what 95 of 100 runs stay below, the median from decoded frames, the median from the file; \
            \(settings.runs) runs after \(settings.warmup) to warm up, all models in turn in one process, \
            \(latencies.threads) LibTorch threads, \(latencies.machine). *Speed-up*: of the model alone, over C0.
            """
    }

    /// The speed-up that a student has to reach.
    static let wantedSpeedUp = 3.0

    /// What each student loses and gains against C0, and whether that is what was wanted of it.
    var verdictLines: [String] {
        let large = own(DistillationRow.teacher).map(\.supervised.top1)
        guard !large.isEmpty else { return [] }
        let lines = DistillationRow.all.filter(\.isSmall).compactMap { verdict($0, Trials(large)) }
        guard !lines.isEmpty else { return [] }
        return [
            "What is wanted of a student: the top-1 of C0 less at most its standard deviation, at "
                + String(format: "%.0f times its speed or more.", Self.wantedSpeedUp),
            "",
        ] + lines + [""]
    }

    private func verdict(_ row: DistillationRow, _ large: Trials) -> String? {
        let own = own(row.id)
        guard !own.isEmpty else { return nil }
        let behind = large.mean - Trials(own.map(\.supervised.top1)).mean
        let points = String(format: "%.1f points ", 100 * abs(behind)) + (behind < 0 ? "ahead of C0" : "behind C0")
        let accuracy =
            large.sampleStd.map { std in
                points + String(format: ", whose deviation is %.1f: ", 100 * std)
                    + (behind <= std ? "kept" : "not kept")
            } ?? points + ", whose deviation needs two seeds at least"
        let speed =
            speedUp(latencies?.row(row.id)).map { ratio in
                String(format: "%.2fx its speed: ", ratio) + (ratio >= Self.wantedSpeedUp ? "reached" : "not reached")
            } ?? "its speed was not measured"
        return "- **\(row.id.uppercased())**: \(accuracy); \(speed)."
    }
}
