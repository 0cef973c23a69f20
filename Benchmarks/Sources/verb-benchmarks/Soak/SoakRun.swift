import Foundation
import Recognition
import Video

/// The first phase: a file again and again, as fast as possible.
struct SoakRun {
    let recognizer: StreamRecognizer
    /// Seconds of media.
    let media: Double

    struct Result: Encodable, CustomStringConvertible {
        let mediaSeconds, seconds: Double
        let decisions, encodedFrames: Int
        let latency, encode, head: Percentiles
        let realTimeFactor: Double
        /// Resident memory in MiB at each tenth of the media.
        let residentMiB: [Double]

        var description: String {
            let memory = residentMiB.map { String(format: "%.0f", $0) }.joined(separator: " ")
            return """
                \(Int(mediaSeconds)) s of media in \(String(format: "%.1f", seconds)) s, \(decisions) decisions, \
                \(encodedFrames) pictures encoded, real-time factor \(String(format: "%.4f", realTimeFactor))
                  latency p50 / p95 / p99   \(latency)
                  encode                    \(encode)
                  head                      \(head)
                  resident MiB by tenths    \(memory)
                """
        }
    }

    func run(_ path: String) async throws -> Result {
        let start = ContinuousClock.now
        var (statistics, memory, tenth) = (StreamStatistics(began: start), [Double](), 1)
        for try await event in recognizer.events(of: LoopedFrames(path: path, seconds: media)) {
            statistics.add(event)
            guard case .decision(let decision) = event else { continue }
            while tenth <= 10, decision.window.upperBound >= media * Double(tenth) / 10 - 1 {
                memory.append(Memory.residentMiB ?? .nan)
                tenth += 1
            }
        }
        return Result(
            mediaSeconds: statistics.mediaTime, seconds: (ContinuousClock.now - start) / .seconds(1),
            decisions: statistics.decisions, encodedFrames: statistics.encodedFrames,
            latency: Percentiles(statistics.latency), encode: Percentiles(statistics.encode),
            head: Percentiles(statistics.head), realTimeFactor: statistics.realTimeFactor ?? .nan,
            residentMiB: memory)
    }
}

/// A file's frames again and again, their times going on.
struct LoopedFrames: AsyncSequence, Sendable {
    typealias Element = LiveFrame
    typealias Failure = VideoError

    let path: String
    /// Seconds of media after which the sequence ends.
    let seconds: Double

    func makeAsyncIterator() -> Iterator {
        Iterator(path: path, seconds: seconds, frames: FileFrames(path: path).makeAsyncIterator())
    }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = LiveFrame
        typealias Failure = VideoError

        let path: String
        let seconds: Double
        var frames: FileFrames.Iterator
        private var begin = 0.0
        private var last = 0.0
        private var step = 0.04

        init(path: String, seconds: Double, frames: FileFrames.Iterator) {
            (self.path, self.seconds, self.frames) = (path, seconds, frames)
        }

        mutating func next() async throws(VideoError) -> LiveFrame? {
            if let frame = try await frames.next() { return moved(frame) }
            begin = last + step
            frames = FileFrames(path: path).makeAsyncIterator()
            guard let frame = try await frames.next() else { return nil }
            return moved(frame)
        }

        private mutating func moved(_ live: LiveFrame) -> LiveFrame? {
            let (frame, time) = (live.frame, begin + live.frame.time)
            guard time <= seconds else { return nil }
            if frame.time > 0 { step = time - last }
            last = time
            var live = live
            live.frame = Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: time)
            return live
        }
    }
}
