internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch
internal import Video

/// The features of a run's clips, computed once, kept in a folder and read from there in every epoch.
///
/// Several processes fill one folder together; a file that is there is not computed again.
struct KeptClips: Sendable {
    private let cache: FeatureCache
    private let samples: [VideoSample]
    private let frames: Int
    private let imageSize: Int
    private let clips: String

    init(_ cache: FeatureCache, _ data: RunData, _ clips: EvaluationClips) throws {
        self.cache = cache
        (samples, frames, imageSize) = (data.train.samples, data.frames, data.imageSize)
        self.clips = String(decoding: try SortedJSON.bytes(clips, isPretty: false), as: UTF8.self)
    }

    /// The positions whose features are not there yet.
    var missing: [Int] { samples.indices.filter { !cache.contains(view(of: $0)) } }

    /// Keeps the features of one clip.
    @TorchActor
    func store(_ features: EVLFeatures, of position: Int) throws(TrainingError) {
        try cache.store(features, for: view(of: position))
    }

    /// The features of some clips as a batch.
    @TorchActor
    func features(of positions: [Int]) throws(TrainingError) -> EVLFeatures {
        var parts: [EVLFeatures] = []
        for position in positions { parts.append(try cache.features(of: view(of: position)).to(dtype: .float32)) }
        return EVLFeatures.concatenated(parts)
    }

    /// The classes of some clips.
    func labels(of positions: [Int]) -> [[Int]] { positions.map { samples[$0].labels } }

    /// The key of a clip: its file with its size, and how clips are made.
    private func view(of position: Int) -> FeatureView {
        let path = samples[position].source.path
        let bytes = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        return FeatureView(
            video: "\(path) \(bytes ?? 0)", frames: Array(0..<frames),
            box: PixelBox(left: 0, top: 0, width: imageSize, height: imageSize), augmentation: ["clip \(clips)"])
    }
}
