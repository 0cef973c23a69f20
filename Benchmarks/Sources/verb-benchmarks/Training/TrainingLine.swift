import ActionModels
import Foundation

/// The results of one method.
struct TrainingLine: Encodable {
    let method: String
    let title: String
    let parameters: Int
    let trained: Int
    let clipMACs: Int
    let batch: Int
    var verb: [TrainingAnswer] = []
    var peer: [TrainingAnswer] = []

    init(_ item: TrainingCase, _ cost: ActionModelCost, batch: Int) {
        (method, title, self.batch) = (item.rawValue, item.title, batch)
        (parameters, trained, clipMACs) = (cost.parameters, cost.trained, cost.clipMACs)
    }

    /// The table in Markdown; ratios are Verb's by PyTorch's, so that below 1 Verb needs less.
    static func markdown(_ lines: [TrainingLine]) -> String {
        let header = [
            "method", "trained, M", "GMAC/clip", "s/step", "images/s", "data wait", "PyTorch s/step", "time ratio",
            "GiB",
            "PyTorch GiB", "memory ratio",
        ]
        let rows = [header, ["---"] + header.dropFirst().map { _ in "---:" }] + lines.map(\.cells)
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private var cells: [String] {
        let own = Side(verb), other = peer.isEmpty ? nil : Side(peer)
        func ratio(_ value: (Side) -> Double) -> String {
            other.map { String(format: "%.2f", value(own) / value($0)) } ?? ""
        }
        return [
            title, String(format: "%.1f", Double(trained) / 1e6), String(format: "%.0f", Double(clipMACs) / 1e9),
            String(format: "%.2f", own.seconds), String(format: "%.2f", Double(batch * 8) / own.seconds),
            String(format: "%.1f %%", own.dataWait * 100), other.map { String(format: "%.2f", $0.seconds) } ?? "",
            ratio(\.seconds), String(format: "%.2f", own.gibibytes),
            other.map { String(format: "%.2f", $0.gibibytes) } ?? "", ratio(\.gibibytes),
        ]
    }

    /// Medians of one side.
    private struct Side {
        let seconds: Double, dataWait: Double, gibibytes: Double

        init(_ answers: [TrainingAnswer]) {
            seconds = Statistics.median(answers.flatMap(\.seconds))
            dataWait = Statistics.median(answers.map(\.dataWait))
            gibibytes = Statistics.median(answers.map { Double($0.peakBytes) / 1_073_741_824 })
        }
    }
}
