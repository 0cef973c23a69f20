import Foundation

/// What one process measured: the seconds of each step and the most memory that it ever held.
struct Measurement: Codable {
    /// Seconds of each measured step, without the warm-up.
    var seconds: [Double]
    /// The peak of resident memory in bytes before the first step: code, weights, input.
    var startBytes: Int
    /// The peak of resident memory in bytes over the whole run.
    var peakBytes: Int

    /// The middle of the seconds.
    var median: Double { Statistics.median(seconds) }
}

enum Statistics {
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : middle == 0 ? last : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

enum Memory {
    /// The most resident memory that this process ever held, in bytes.
    static var peakBytes: Int {
        var usage = rusage()
        #if os(Linux)
            getrusage(RUSAGE_SELF.rawValue, &usage)
            return usage.ru_maxrss * 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #endif
    }
}

/// Runs a step again and again.
func measure(warmup: Int, steps: Int, _ step: () -> Void) -> Measurement {
    let start = Memory.peakBytes
    for _ in 0..<warmup { step() }
    let seconds = (0..<steps).map { _ in
        let begin = ContinuousClock.now
        step()
        return (ContinuousClock.now - begin) / .seconds(1)
    }
    return Measurement(seconds: seconds, startBytes: start, peakBytes: Memory.peakBytes)
}
