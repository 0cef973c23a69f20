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
    /// The key of each clip: its video, and how clips are made.
    private let views: [FeatureView]

    init(_ cache: FeatureCache, _ data: RunData, _ clips: EvaluationClips) throws {
        self.cache = cache
        samples = data.train.samples
        let making = "clip " + String(decoding: try SortedJSON.bytes(clips, isPretty: false), as: UTF8.self)
        let box = PixelBox(left: 0, top: 0, width: data.imageSize, height: data.imageSize)
        views = samples.map {
            FeatureView(
                video: $0.source.featureKey, frames: Array(0..<data.frames), box: box, augmentation: [making])
        }
    }

    /// The positions whose features are not there yet.
    var missing: [Int] { samples.indices.filter { !cache.contains(views[$0]) } }

    /// Keeps the features of one clip.
    @TorchActor
    func store(_ features: EVLFeatures, of position: Int) throws(TrainingError) {
        try cache.store(features, for: views[position])
    }

    /// The features of some clips as a batch.
    @TorchActor
    func features(of positions: [Int]) throws(TrainingError) -> EVLFeatures {
        var parts: [EVLFeatures] = []
        for position in positions { parts.append(try cache.features(of: views[position]).to(dtype: .float32)) }
        return EVLFeatures.concatenated(parts)
    }

    /// The classes of some clips.
    func labels(of positions: [Int]) -> [[Int]] { positions.map { samples[$0].labels } }
}

extension VideoSource {
    /// What tells the video from others: a file with its size, or a part of a folder of images.
    var featureKey: String {
        switch self {
        case .file(let path):
            let bytes = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
            return "\(path) \(bytes ?? 0)"
        case .images(let images):
            // The size of a folder says nothing of what is in it.
            let count = images.count.map(String.init) ?? "all"
            return "\(images.folder)/\(images.template) from \(images.firstIndex) + \(images.offset), \(count)"
        }
    }
}
