internal import Datasets

/// A video that could not be trained on, in whose place others were shown.
public struct BrokenVideo: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Its position in the list.
    public let position: Int
    /// Its path.
    public let path: String
    /// What is wrong with it.
    public let reason: String
    /// The epoch in which it was met first, counted from 0.
    public let epoch: Int
    /// How often another video was shown in its place.
    public internal(set) var times: Int

    /// Path and reason in one sentence.
    public var description: String { reason.hasPrefix(path) ? reason : "\(path): \(reason)" }
}

extension RunState {
    /// Takes into account what could not be read.
    ///
    /// - Parameters:
    ///   - met: the videos of some steps, of all processes, in any order.
    ///   - epoch: the epoch of these steps.
    mutating func note(_ met: [SkippedVideo], epoch: Int) {
        guard !met.isEmpty else { return }
        var known = Dictionary((broken ?? []).map { ($0.position, $0) }) { first, _ in first }
        for video in met {
            let new = BrokenVideo(
                position: video.position, path: video.path, reason: video.reason, epoch: epoch, times: 0)
            known[video.position, default: new].times += 1
        }
        broken = known.values.sorted { $0.position < $1.position }
    }
}
