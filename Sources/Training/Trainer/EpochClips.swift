internal import Datasets

/// What one step of one process reads.
enum StepClips: Sendable {
    /// Decoded clips.
    case decoded(ClipBatch)
    /// Positions of clips whose features are kept.
    case kept([Int])

    /// The seconds that the step waited for them.
    var waited: Double {
        switch self {
        case .decoded(let batch): batch.waited
        case .kept: 0
        }
    }

    /// The videos in whose place others are shown.
    var skipped: [SkippedVideo] {
        switch self {
        case .decoded(let batch): batch.skipped
        case .kept: []
        }
    }
}

/// The clips of the rest of an epoch, step after step.
struct EpochClips {
    private var decoded: ClipBatches.AsyncIterator?
    private var kept: ArraySlice<[Int]>

    /// The clips of an epoch.
    ///
    /// - Parameters:
    ///   - epoch: which epoch.
    ///   - first: the number of the first batch wanted.
    ///   - loader: what decodes.
    ///   - isKept: whether features are kept, so that nothing is decoded.
    init(epoch: Int, from first: Int, _ loader: ClipLoader, isKept: Bool) {
        decoded = isKept ? nil : loader.batches(epoch: epoch, from: first).makeAsyncIterator()
        kept = isKept ? loader.positions(epoch: epoch).dropFirst(first) : []
    }

    mutating func next() async throws -> StepClips? {
        guard decoded != nil else { return kept.popFirst().map { .kept($0) } }
        return try await decoded?.next().map { .decoded($0) }
    }
}
