internal import Foundation
internal import Video

extension HealthReport {
    /// The rows as comma-separated values, a header first.
    ///
    /// - Returns: the text of a file; several labels stand in one value with blanks between them.
    public func csv() -> String {
        let header = VideoHealth.CodingKeys.columns.map(\.rawValue).joined(separator: ",")
        return rows.reduce(into: header + "\n") { $0 += $1.csv + "\n" }
    }

    /// The rows as JSON, one object a line.
    ///
    /// - Returns: the text of a file.
    public func jsonLines() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Rows are texts and finite numbers, which always encode.
        return rows.reduce(into: "") { text, row in
            if let data = try? encoder.encode(row) { text += String(decoding: data, as: UTF8.self) + "\n" }
        }
    }

    /// The table `status | count | example`.
    ///
    /// - Returns: its lines, without a line end at the end.
    public func table() -> String {
        let rows =
            [("status", "count", "example")]
            + summary.statuses.map { ($0.status.rawValue, "\($0.count)", $0.example) }
        let (first, second) = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
        return rows.map { status, count, example in
            let padded = String(repeating: " ", count: second - count.count) + count
            return "\(status.padding(toLength: first, withPad: " ", startingAt: 0)) | \(padded) | \(example)"
        }.joined(separator: "\n")
    }

    /// Writes the rows, replacing an existing file whole.
    ///
    /// - Parameter path: a file called `.csv`, or `.json` or `.jsonl` for JSON lines.
    /// - Throws: `DatasetError.badOption` for another name, `notWritable`.
    public func write(to path: String) throws(DatasetError) {
        let text: String
        switch (path as NSString).pathExtension.lowercased() {
        case "csv": text = csv()
        case "json", "jsonl": text = jsonLines()
        default: throw .badOption("\(path): a report is a file called .csv, .json or .jsonl")
        }
        try WholeFile.write(Data(text.utf8), to: path)
    }
}

extension VideoHealth {
    enum CodingKeys: String, CodingKey {
        case path, status, detail, bytes, codec, width, height, action, also
        case labels = "label"
        case headerFrames = "header_frames", decodedFrames = "decoded_frames", failedPackets = "failed_packets"
        case flaggedFrames = "flagged_frames", substitutedFrames = "substituted_frames"
        case firstBadTime = "first_bad_time", timesMet = "times_met"

        /// The columns of a CSV, in their order.
        static let columns: [CodingKeys] = [
            .path, .labels, .status, .detail, .bytes, .codec, .width, .height, .headerFrames, .decodedFrames,
            .failedPackets, .flaggedFrames, .substitutedFrames, .firstBadTime, .action, .timesMet,
        ]
    }

    /// The row of a CSV; other statuses stand before the detail.
    var csv: String {
        let others = also.isEmpty ? nil : "also \(also.map(\.rawValue).joined(separator: ", "))"
        let words = [others, detail].compactMap { $0 }.joined(separator: "; ")
        let values: [String] = [
            path, labels.map(String.init).joined(separator: " "), status.rawValue, words, text(bytes), codec ?? "",
            text(width), text(height), "\(headerFrames)", text(decodedFrames), "\(failedPackets)", "\(flaggedFrames)",
            "\(substitutedFrames)", text(firstBadTime), action.rawValue, "\(timesMet)",
        ]
        return values.map(CSVRow.written).joined(separator: ",")
    }

    private func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "" }
}

/// Files that appear complete or not at all.
enum WholeFile {
    static func write(_ data: Data, to path: String) throws(DatasetError) {
        do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .notWritable(path: path, reason: error.localizedDescription)
        }
    }
}
