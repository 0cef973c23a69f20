public import Datasets
public import Torch

/// The spatial targets of a list of videos, kept in a folder.
///
/// `spatial_targets.safetensors` holds for each group a float16 matrix `[N, K]` under the group's name, rows in the order
/// of `manifest.json`. Nothing in the folder is trusted: names, types, sizes, digests and values are checked.
public struct SpatialTargets: Sendable {
    /// What the targets were made of.
    public let manifest: SpatialManifest
    /// The manifest's groups, with what the student makes of them: their weights and captions.
    public private(set) var groups: [SpatialGroup]
    /// Targets of each group of the manifest's vocabulary `[N, K]`, float16.
    public let matrices: [Tensor]
    private let weights: Tensor

    /// Reads the targets of a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - samples: the videos that are trained on, which must be those of the targets, in the same order.
    /// - Throws: `TrainingError.spatialTargets` with `notTargets`, `otherVideos` or `damaged`.
    public init(at folder: String, for samples: [VideoSample]) throws(TrainingError) {
        let files = SpatialFolder(folder)
        let manifest = try files.manifest()
        if let difference = SpatialVideoName.difference(between: manifest.videos, and: samples) {
            throw .spatialTargets(path: folder, .otherVideos(difference))
        }
        (self.manifest, groups) = (manifest, manifest.vocabulary.groups)
        matrices = try files.matrices(manifest)
        var weights = [Float](repeating: 1, count: manifest.videos.count)
        for video in manifest.unreadable { video.position.map { weights[$0] = 0 } }
        self.weights = Tensor(weights)
    }

    /// The same targets, with the weights and captions that a vocabulary gives the groups now.
    ///
    /// - Parameter vocabulary: the vocabulary that the targets were made of; its groups are found by their names.
    /// - Returns: the targets.
    public func weighted(by vocabulary: SpatialVocabulary) -> SpatialTargets {
        var targets = self
        for place in groups.indices {
            guard let now = vocabulary.groups.first(where: { $0.name == groups[place].name }) else { continue }
            (targets.groups[place].weight, targets.groups[place].caption) = (now.weight, now.caption)
        }
        return targets
    }

    /// The targets of clips.
    ///
    /// - Parameter positions: the positions of their videos in the list.
    /// - Returns: the targets.
    public func batch(at positions: [Int]) -> SpatialBatch {
        let rows = Tensor(positions)
        return SpatialBatch(
            targets: matrices.map { $0.selected(0, rows).to(dtype: .float32) }, weights: weights.selected(0, rows))
    }
}
