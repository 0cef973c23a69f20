internal import Video

/// A draw of exactly K videos of each class.
///
/// The draw is Verb's own, since the papers' draws are not published or are lists: for each class its videos in the
/// list's order, the first K of a Fisher-Yates shuffle by a generator seeded with the seed and the class's number. So
/// the draw of a class does not depend on the others, and more shots with the same seed contain the fewer.
/// Source of the protocol: ViFi-CLIP, K = 2, 4, 8, 16.
public struct FewShot: Sendable, Equatable, Codable {
    /// The number K of videos of each class.
    public var shots: Int
    /// Where the random choices begin.
    public var seed: UInt64

    /// Makes a draw's settings.
    ///
    /// - Parameters:
    ///   - shots: the number of videos of each class, at least 1.
    ///   - seed: where the random choices begin.
    public init(shots: Int, seed: UInt64) {
        self.shots = shots
        self.seed = seed
    }

    /// Draws videos.
    ///
    /// - Parameters:
    ///   - samples: videos with one label each.
    ///   - classes: the numbers of the classes that are drawn of; nil means those that occur.
    /// - Returns: positions in `samples`, ascending.
    /// - Throws: `DatasetError.tooFewVideos` with every class that has fewer than K, `badOption` for no shots or videos
    ///   with several labels.
    public func positions(in samples: [VideoSample], classes: [Int]? = nil) throws(DatasetError) -> [Int] {
        guard shots > 0 else { throw .badOption("\(shots) shots; there must be at least one") }
        guard samples.allSatisfy({ $0.labels.count <= 1 }) else {
            throw .badOption("few-shot draws need videos with one label each")
        }
        let videos = Dictionary(
            grouping: samples.indices.filter { !samples[$0].labels.isEmpty }, by: { samples[$0].labels[0] })
        let wanted = Set(classes ?? Array(videos.keys)).sorted()
        let short = wanted.filter { videos[$0, default: []].count < shots }
        guard short.isEmpty else {
            throw .tooFewVideos(
                shots: shots, classes: short.map { .init(label: $0, videos: videos[$0, default: []].count) })
        }
        return wanted.flatMap { drawn(of: videos[$0, default: []], class: $0) }.sorted()
    }

    private func drawn(of videos: [Int], class label: Int) -> [Int] {
        var videos = videos
        var draws = SeededDraws(seed: SplitMix64.hash(seed, UInt64(truncatingIfNeeded: label)))
        for place in 0..<shots { videos.swapAt(place, draws.integer(in: place..<videos.count)) }
        return Array(videos.prefix(shots))
    }
}
