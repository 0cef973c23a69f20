internal import Foundation

/// The log of a run as JSON, one object a line.
///
/// A line is in the file when `append` returns, and stays there when the process is killed. A run that resumes cuts the
/// file back to its checkpoint, so that the log is the one of a run without interruption.
public final class JSONLinesLog: Sendable {
    /// A line that is longer is damaged.
    static let lineLimit = 1 << 20

    private let file: AppendedFile

    /// Opens a log.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - step: the step of the checkpoint that a run resumes from: later lines, and a last one that is torn, are
    ///     dropped; nil empties the file.
    ///   - isKept: says which lines up to that step stay; the first other one ends the log.
    /// - Throws: `TrainingError.unwritable`, or `unreadable` for a damaged line before that step.
    public init(
        at path: String, resumingAfter step: Int?, where isKept: (LogLine) -> Bool = { _ in true }
    ) throws(TrainingError) {
        var length = 0
        if let step, FileManager.default.fileExists(atPath: path) {
            length = try Self.scan(path, through: step, where: isKept).length
        }
        file = try AppendedFile(at: path, keeping: length)
    }

    /// Appends a line.
    ///
    /// - Parameter line: its step is not below that of the line before.
    /// - Throws: `TrainingError.unwritable`.
    public func append(_ line: LogLine) throws(TrainingError) {
        let bytes: Data
        do { bytes = try SortedJSON.bytes(line, isPretty: false) + Data("\n".utf8) } catch {
            throw .unwritable(path: file.path, detail: "\(error)")
        }
        try file.append(bytes)
    }

    /// Reads a log; a torn last line is left out.
    ///
    /// - Parameter path: the file.
    /// - Returns: the lines in their order.
    /// - Throws: `TrainingError.unreadable` with the number of a damaged line.
    public static func lines(of path: String) throws(TrainingError) -> [LogLine] {
        try scan(path, through: .max).lines
    }

    /// The lines up to a step, and where they end.
    private static func scan(
        _ path: String, through step: Int, where isKept: (LogLine) -> Bool = { _ in true }
    ) throws(TrainingError) -> (lines: [LogLine], length: Int) {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
            throw .unreadable(path: path, detail: error.localizedDescription)
        }
        var lines: [LogLine] = [], (start, length) = (data.startIndex, 0), damaged: Int?
        while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let text = data[start..<end]
            start = end + 1
            guard let line = text.count > lineLimit ? nil : try? SortedJSON.value(LogLine.self, from: text) else {
                damaged = damaged ?? lines.count + 1
                continue
            }
            guard line.step <= step, isKept(line) else { break }
            if let damaged { throw .unreadable(path: path, detail: "line \(damaged) is no log line") }
            lines.append(line)
            length = start - data.startIndex
        }
        return (lines, length)
    }
}
