internal import Foundation

/// How clips are loaded.
public struct LoaderSettings: Sendable, Equatable {
    /// Where every random choice begins.
    public var seed: UInt64 = 1
    /// The number of samples of a batch over all processes.
    public var batch = 8
    /// The number of threads that decode.
    public var workers = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)
    /// How many samples are made ahead beyond the next batch; two for each worker when nil.
    public var prefetch: Int?
    /// Which part of the work this process does.
    public var shard = Shard.all
    /// Whether samples that do not fill a last batch are left out, in training.
    public var dropsLast = false
    /// The share of this process's samples of an epoch whose videos may be broken, in training; unless it is 0, one may.
    public var skipLimit = 0.05
    /// The longest time that opening a video, or reading its frames, may take, in seconds; nil for no limit.
    public var deadline: Double? = 30
    /// How bytes become the model's numbers, for kernels that resize normalised numbers.
    public var normalization = PixelNormalization.clip

    /// Makes settings for one process and all cores but one.
    public init() {}

    /// How many of so many samples may have broken videos.
    func allowedSkips(of samples: Int) -> Int {
        skipLimit > 0 ? max(1, Int(skipLimit * Double(samples))) : 0
    }

    func validate() throws(DatasetError) {
        let counts = [("batch", batch), ("workers", workers), ("shard count", shard.count)]
        for (name, value) in counts where !(1...1_000_000).contains(value) {
            throw .badClips("\(name) is \(value); it must be 1 to 1000000")
        }
        guard (0..<shard.count).contains(shard.rank) else {
            throw .badClips("shard \(shard.rank) of \(shard.count); it must be 0 to \(shard.count - 1)")
        }
        guard (prefetch ?? 0) >= 0 else { throw .badClips("prefetch is \(prefetch ?? 0); it must not be negative") }
        guard (0...1).contains(skipLimit) else { throw .badClips("skipLimit is \(skipLimit); it must be 0 to 1") }
        guard (deadline ?? 1) > 0 else { throw .badClips("deadline is \(deadline ?? 0) s; it must be above 0") }
        if let problem = normalization.problem { throw .badClips(problem) }
    }
}
