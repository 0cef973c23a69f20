/// How far fetching a model has come.
public struct HubProgress: Sendable, Equatable {
    /// The file that is being fetched.
    public let file: String
    /// Its number, from 1.
    public let fileNumber: Int
    /// How many files there are.
    public let fileCount: Int
    /// The bytes of all files that are there, those of earlier attempts included.
    public let bytes: Int64
    /// The bytes of all files together, where the hub says it.
    public let totalBytes: Int64?
    /// The bytes that arrived in each of the last seconds, on average; 0 before the first.
    public let bytesPerSecond: Double
}

/// The speed of a transfer over the last seconds.
struct TransferRate {
    /// How much of the past counts, in seconds.
    static let window = 5.0
    private var samples: [(seconds: Double, bytes: Int64)] = [(0, 0)]

    /// Takes note of the state of a transfer.
    ///
    /// - Parameters:
    ///   - bytes: all bytes that have arrived since the start.
    ///   - seconds: the time since the start.
    mutating func add(bytes: Int64, seconds: Double) {
        // One sample in 50 ms is enough, and keeps the window short.
        if samples.count > 1, let last = samples.last, seconds - last.seconds < 0.05 {
            samples[samples.count - 1].bytes = bytes
        } else {
            samples.append((seconds, bytes))
        }
        let surplus = samples.dropLast(2).prefix { $0.seconds < seconds - Self.window }.count
        samples.removeFirst(surplus)
    }

    /// Bytes in a second, 0 before there is anything to divide by.
    var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.seconds > first.seconds else { return 0 }
        return Double(last.bytes - first.bytes) / (last.seconds - first.seconds)
    }
}
