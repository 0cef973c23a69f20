import Foundation
import Recognition

/// All answers by architecture and tool, and the tables that they become.
struct RealtimeResults: Encodable {
    let machine: String
    let threads: Int
    var encoding: [String: [String: [EncodingAnswer]]] = [:]
    var dense: [String: [String: [DenseAnswer]]] = [:]
    var files: [String: [String: FileAnswer]] = [:]
    var streams: [String: [String: StreamCapacity]] = [:]

    init(machine: String, threads: Int) { (self.machine, self.threads) = (machine, threads) }

    /// The tables.
    var markdown: String {
        let parts = [encodingTable, fastestTable, denseTable, fileTable, streamTable].filter { !$0.isEmpty }
        return ["\(machine), \(threads) threads; medians"].joined() + "\n\n" + parts.joined(separator: "\n\n")
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let rule = ["---"] + header.dropFirst().map { _ in "---:" }
        return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func milliseconds(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1000) }
    private static func ratio(_ value: Double?, _ base: Double?) -> String {
        guard let value, let base, value > 0 else { return "" }
        return String(format: "%.2f", base / value)
    }

    private var encodingTable: String {
        let batches = encoding.values.flatMap { $0.values.flatMap { $0.flatMap(\.seconds.keys) } }
        let sizes = Set(batches).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
        let header = ["image tower"] + sizes.flatMap { ["\($0): ms", "\($0): x eager"] } + ["cosine"]
        let rows = encoding.sorted { $0.key < $1.key }.flatMap { architecture, tools in
            tools.sorted { $0.key < $1.key }.map { tool, answers in
                ["\(architecture), \(tool)"]
                    + sizes.flatMap { size -> [String] in
                        guard let own = Self.median(answers, size) else { return ["", ""] }
                        let base = tools["eager"].flatMap { Self.median($0, size) }
                        return [Self.milliseconds(own), Self.ratio(own, base)]
                    } + [String(format: "%.5f", Statistics.median(answers.map(\.cosine)))]
            }
        }
        return rows.isEmpty ? "" : Self.table(header, rows)
    }

    /// Verb beside the fastest peer of each arithmetic.
    private var fastestTable: String {
        let sizes = ["1", "8"]
        let rows = encoding.sorted { $0.key < $1.key }.flatMap { architecture, tools in
            ["fp32", "bf16", "int8"].compactMap { precision -> [String]? in
                guard let own = tools["Verb \(precision)"] else { return nil }
                let peers = tools.filter { !$0.key.hasPrefix("Verb") && Self.arithmetic($0.key) == precision }
                guard !peers.isEmpty else { return nil }
                return ["\(architecture), \(precision)"]
                    + sizes.flatMap { size -> [String] in
                        let fastest = peers.compactMap { name, answers in
                            Self.median(answers, size).map { (name: name, seconds: $0) }
                        }.min { $0.seconds < $1.seconds }
                        guard let fastest else { return ["", ""] }
                        return [fastest.name, Self.ratio(Self.median(own, size), fastest.seconds)]
                    }
            }
        }
        let header =
            ["Verb beside the fastest"] + sizes.flatMap { ["\($0): fastest peer", "\($0): its time / Verb's"] }
        return rows.isEmpty ? "" : Self.table(header, rows)
    }

    private static func arithmetic(_ peer: String) -> String {
        peer.contains("int8") ? "int8" : peer.hasSuffix("bf16") ? "bf16" : "fp32"
    }

    private static func median(_ answers: [EncodingAnswer], _ size: String) -> Double? {
        let seconds = answers.flatMap { $0.seconds[size] ?? [] }
        return seconds.isEmpty ? nil : Statistics.median(seconds)
    }

    private var denseTable: String {
        let rows = dense.sorted { $0.key < $1.key }.flatMap { architecture, tools in
            let base = tools["PyTorch window by window"].map { Statistics.median($0.flatMap(\.seconds)) }
            return tools.sorted { $0.key < $1.key }.map { tool, answers in
                let seconds = Statistics.median(answers.flatMap(\.seconds))
                return [
                    "\(architecture), \(tool)", Self.milliseconds(seconds), String(format: "%.1f", 1 / seconds),
                    Self.ratio(seconds, base), String(format: "%.1e", answers.map(\.difference).max() ?? 0),
                ]
            }
        }
        let header = ["dense windows of 8 frames", "ms a decision", "decisions/s", "x PyTorch", "largest difference"]
        return rows.isEmpty ? "" : Self.table(header, rows)
    }

    private var fileTable: String {
        let rows = files.sorted { $0.key < $1.key }.flatMap { architecture, precisions in
            precisions.sorted { $0.key < $1.key }.map { precision, answer in
                let count = Double(max(answer.decisions, 1)), stages = answer.stages
                return ["\(architecture), \(precision)", String(format: "%.3f", answer.wall / answer.media)]
                    + [stages.decode, stages.transform, stages.encode, stages.head].map {
                        Self.milliseconds($0 / count)
                    } + ["\(answer.peakBytes >> 20)"]
            }
        }
        let header = [
            "720p file", "real-time factor", "waiting for frames, ms", "resize", "encode", "head", "peak MiB",
        ]
        return rows.isEmpty ? "" : Self.table(header, rows)
    }

    private var streamTable: String {
        let rows = streams.sorted { $0.key < $1.key }.flatMap { architecture, precisions in
            precisions.sorted { $0.key < $1.key }.map { precision, capacity in
                let last = capacity.tried.last { $0.streams == capacity.streams }
                return [
                    "\(architecture), \(precision)", "\(capacity.streams)",
                    String(format: "%.1f", capacity.streamsPerThread),
                    last.map { Self.milliseconds($0.latency.p95) } ?? "",
                    last.map { String(format: "%.2f", $0.realTimeFactor) } ?? "",
                ]
            }
        }
        let header = ["live streams, 8 decisions/s each", "streams", "for each thread", "p95 ms", "real-time factor"]
        return rows.isEmpty ? "" : Self.table(header, rows)
    }
}
