/// What can go wrong between the processes of a run.
public enum ProcessGroupError: Error, Equatable, CustomStringConvertible {
    /// The environment does not say clearly which process of how many this is.
    case environment(variable: String, problem: String, remedy: String)
    /// The processes did not find together.
    case join(rank: Int, size: Int, place: String, problem: String)
    /// Another process ended, or cannot be reached any more.
    case lost(operation: String, rank: Int, size: Int, detail: String)
    /// Another process did not come to the operation in time.
    case timeout(operation: String, rank: Int, size: Int, seconds: Double, detail: String)
    /// The processes hold different values where they must hold the same; one value a process, by rank.
    case mismatch(subject: String, values: [String])
    /// LibTorch refused an operation between processes.
    case failed(operation: String, rank: Int, size: Int, detail: String)
    /// The process has left the group.
    case left(operation: String)

    /// What happened, in which operation, and what to look at.
    public var description: String {
        switch self {
        case .environment(let variable, let problem, let remedy): "\(variable): \(problem). \(remedy)"
        case .join(let rank, let size, let place, let problem):
            "process \(rank) of \(size) could not join the others at \(place): \(problem)"
        case .lost(let operation, let rank, let size, let detail):
            "process \(rank) of \(size) lost another process during \(operation). One of them ended: look for the first "
                + "error in their outputs, or for one that was killed for memory (\(detail))"
        case .timeout(let operation, let rank, let size, let seconds, let detail):
            "process \(rank) of \(size) waited \(seconds) s for the others in \(operation). One of them hangs, is much "
                + "slower or cannot be reached: look at the last lines of their outputs; give more time if all still "
                + "work (\(detail))"
        case .mismatch(let subject, let values): Self.disagreement(on: subject, values)
        case .failed(let operation, let rank, let size, let detail):
            "process \(rank) of \(size): \(operation) failed: \(detail)"
        case .left(let operation): "\(operation): this process has left its group"
        }
    }

    private static func disagreement(on subject: String, _ values: [String]) -> String {
        let ranks = Dictionary(grouping: values.indices) { values[$0] }
        let sides = ranks.sorted { $0.value[0] < $1.value[0] }.map { value, ranks in
            let list = ranks.map(String.init).joined(separator: ", ")
            return "\(ranks.count == 1 ? "process" : "processes") \(list): \(value)"
        }
        return "the processes do not agree on \(subject). Start all with the same files and settings; "
            + sides.joined(separator: "; ")
    }
}

extension ProcessGroupError {
    /// Sorts LibTorch's words about a failed operation.
    ///
    /// - Parameters:
    ///   - operation: what was tried.
    ///   - rank: this process.
    ///   - size: the number of processes.
    ///   - timeout: the longest wait in seconds.
    ///   - detail: LibTorch's words.
    init(_ operation: String, rank: Int, size: Int, timeout: Double, detail: String) {
        let text = detail.lowercased()
        let short = Self.firstLine(of: detail)
        let isClosed = [
            "connection closed", "connection reset", "connection refused", "broken pipe", "socket closed",
            "connection was likely closed", "remote process exited",
        ].contains { text.contains($0) }
        if isClosed {
            self = .lost(operation: operation, rank: rank, size: size, detail: short)
        } else if text.contains("timed out") || text.contains("timeout") {
            self = .timeout(operation: operation, rank: rank, size: size, seconds: timeout, detail: short)
        } else {
            self = .failed(operation: operation, rank: rank, size: size, detail: short)
        }
    }

    /// LibTorch's words without source lines, traces and advice.
    static func firstLine(of detail: String) -> String {
        var line = detail.split(whereSeparator: \.isNewline).first ?? detail[...]
        if line.hasPrefix("["), let end = line.firstIndex(of: "]") { line = line[line.index(after: end)...] }
        let sentences = line.split(separator: ". This is typically").first ?? line
        return String(sentences.drop { $0 == " " })
    }
}
