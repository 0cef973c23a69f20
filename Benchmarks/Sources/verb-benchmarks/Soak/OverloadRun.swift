import Foundation
import Recognition
import Synchronization
import Video

/// The second phase: frames at the pace of the clock, and an encoder that takes longer than there is time.
struct OverloadRun {
    let recognizer: StreamRecognizer
    /// Seconds on the clock.
    let seconds: Double
    /// Seconds that each encoded picture takes more.
    let slow: Double
    /// Frames that may wait.
    let queue: Int

    struct Result: Encodable, CustomStringConvertible {
        let seconds: Double
        let framesSent, framesDropped, framesDroppedByDecisions, longestQueue, queueBound, decisions, encoded: Int
        /// The longest time between a frame's due time on the clock and the decision that it completed.
        let longestLag: Double
        /// The largest distance of a decision's time from the grid of strides.
        let largestGridError: Double
        let residentMiB: [Double]

        var description: String {
            """
            overload: \(framesSent) frames sent in \(String(format: "%.0f", seconds)) s, \(framesDropped) dropped \
            (decisions tell of \(framesDroppedByDecisions)), \(encoded) encoded, \(decisions) decisions
              longest queue             \(longestQueue) of \(queueBound)
              longest lag               \(String(format: "%.2f s", longestLag))
              off the grid at most      \(String(format: "%.2g s", largestGridError))
              resident MiB              \(residentMiB.map { String(format: "%.0f", $0) }.joined(separator: " "))
            """
        }
    }

    func run(_ path: String) async throws -> Result {
        let (frames, yielding) = AsyncStream.makeStream(of: LiveFrame.self, bufferingPolicy: .bufferingNewest(queue))
        let pacer = Pacer(bound: queue), start = ContinuousClock.now
        let seconds = seconds
        let sending = Task {
            try await pacer.send(LoopedFrames(path: path, seconds: seconds), to: yielding, from: start)
        }
        var (decisions, encoded, told, lag, error) = (0, 0, 0, 0.0, 0.0)
        var memory = [Memory.residentMiB ?? .nan]
        for try await event in recognizer.events(of: frames) {
            guard case .decision(let decision) = event else { continue }
            decisions += 1
            (encoded, told) = (encoded + decision.newFrames, told + decision.dropped)
            let time = decision.window.upperBound, strides = time / recognizer.settings.stride
            error = max(error, abs(strides - strides.rounded()) * recognizer.settings.stride)
            lag = max(lag, (ContinuousClock.now - start) / .seconds(1) - time)
            // The recogniser asks for the next frame when this is over: it is the encoder that is slow.
            try await Task.sleep(for: .seconds(slow * Double(decision.newFrames)))
        }
        memory.append(Memory.residentMiB ?? .nan)
        try await sending.value
        let counts = pacer.counts
        return Result(
            seconds: (ContinuousClock.now - start) / .seconds(1), framesSent: counts.sent,
            framesDropped: counts.dropped, framesDroppedByDecisions: told, longestQueue: counts.longest,
            queueBound: queue, decisions: decisions, encoded: encoded, longestLag: lag, largestGridError: error,
            residentMiB: memory)
    }
}

/// Sends frames when they are due, and counts what a full queue drops.
final class Pacer: Sendable {
    struct Counts { var sent = 0, dropped = 0, longest = 0, untold = 0 }

    private let state = Mutex(Counts())
    private let bound: Int

    init(bound: Int) { self.bound = bound }

    var counts: Counts { state.withLock { $0 } }

    func send(
        _ frames: LoopedFrames, to stream: AsyncStream<LiveFrame>.Continuation, from start: ContinuousClock.Instant
    ) async throws {
        defer { stream.finish() }
        for try await frame in frames {
            let due = start + .seconds(frame.frame.time)
            try await Task.sleep(until: due, clock: .continuous)
            var live = frame
            live.arrival = due
            send(live, to: stream)
        }
    }

    /// The oldest that waits is dropped; the next one that is sent tells of it.
    private func send(_ frame: LiveFrame, to stream: AsyncStream<LiveFrame>.Continuation) {
        state.withLock { counts in
            var live = frame
            live.dropped = counts.untold
            counts.untold = 0
            counts.sent += 1
            let outcome = stream.yield(live)
            if case .enqueued(let room) = outcome { counts.longest = max(counts.longest, bound - room) }
            if case .dropped(let gone) = outcome {
                counts.dropped += 1
                counts.untold += gone.dropped + 1
                counts.longest = bound
            }
        }
    }
}
