import Foundation
import Synchronization

/// Shows how far long work is: a line redrawn on a terminal, a line every ten seconds otherwise; on standard error.
final class ProgressReporter: Sendable {
    private struct State {
        var lastShown: ContinuousClock.Instant?
        var isFinished = false
        var firstDone: (count: Int, at: ContinuousClock.Instant)?
    }

    private let title: String
    private let unit: String
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - title: what is being done.
    ///   - unit: what is counted, in the plural.
    init(_ title: String, unit: String) {
        (self.title, self.unit) = (title, unit)
    }

    /// Tells how much is done; cheap enough to call for every item.
    func update(_ done: Int, of total: Int, _ note: String = "") {
        state.withLock { state in
            guard !(state.isFinished && done >= total) else { return }
            state.isFinished = done >= total
            let now = clock.now
            if state.firstDone == nil { state.firstDone = (done, now) }
            let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
            let isDue = state.lastShown.map { now - $0 >= pause } ?? isTerminal
            guard isDue || done == total else {
                if state.lastShown == nil { state.lastShown = now }
                return
            }
            state.lastShown = now
            write(line(done, total, note, state, now), isLast: done == total)
        }
    }

    /// Takes the line off the terminal, so that something else can be printed; the next update draws it again.
    func clear() {
        guard isTerminal else { return }
        state.withLock { state in
            guard state.lastShown != nil else { return }
            state.lastShown = nil
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }

    private func line(
        _ done: Int, _ total: Int, _ note: String, _ state: State, _ now: ContinuousClock.Instant
    ) -> String {
        var parts = ["\(title) \(bar(done, total))\(done)/\(total) \(unit)"]
        if let first = state.firstDone, done > first.count {
            let seconds = max((now - first.at) / .seconds(1), 1e-6)
            let rate = Double(done - first.count) / seconds
            parts.append(String(format: rate >= 10 ? "%.0f/s" : "%.2f/s", rate))
            parts.append(done == total ? "in \(time(seconds))" : "\(time(Double(total - done) / rate)) left")
        }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: ", ")
    }

    private func bar(_ done: Int, _ total: Int) -> String {
        guard isTerminal, total > 0 else { return "" }
        let filled = 20 * done / total
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled) + "] "
    }

    private func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60
            ? "\(whole) s"
            : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    private func write(_ line: String, isLast: Bool) {
        let text = isTerminal ? "\r\u{1B}[K\(line)\(isLast ? "\n" : "")" : line + "\n"
        FileHandle.standardError.write(Data(text.utf8))
    }
}
