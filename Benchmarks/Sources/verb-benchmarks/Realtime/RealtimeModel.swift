import ActionModels
public import ArgumentParser
public import CLIP
import Foundation
import Recognition
import Torch
import Video

extension NamedArchitecture: @retroactive ExpressibleByArgument {}
extension Precision: @retroactive ExpressibleByArgument {}

/// ActionCLIP on a full-size backbone with random weights, and the decoded frames that it is measured with.
///
/// Every process builds the same from the same seed. Belongs on the LibTorch thread.
struct RealtimeModel {
    static let labels = 51

    let configuration: ActionCLIPConfiguration
    let model: ActionCLIP
    let parameters: Parameters
    let preprocessing = Preprocessing(imageSize: 224)
    /// What encoders are timed with, uint8 `[12, 224, 224, 3]`.
    let pictures: Tensor
    /// Other frames of the same video.
    let calibration: Tensor

    init(_ architecture: NamedArchitecture, video: String) throws {
        let clip = architecture.configuration
        let sizes = ActionCLIPConfiguration(
            clip: clip, frames: 8, aggregator: AggregatorConfiguration(.transformer, clip: clip, heads: .featureWidth))
        (model, parameters) = try Parameters.build(.random(Generator(seed: 1))) { ActionCLIP($0, sizes) }
        configuration = sizes
        let file = try VideoFile(path: video), preprocessing = preprocessing
        func packed(_ frames: [Int]) throws -> Tensor {
            Preprocessing.packed(try file.frames(at: frames).map(preprocessing.prepared))
        }
        pictures = try packed((0..<12).map { 5 + 15 * $0 })
        calibration = try packed((0..<16).map { 12 + 12 * $0 })
    }

    var tower: ImageTower { model.clip.visual }
    var pixels: Tensor { preprocessing.normalized(pictures).contiguous() }

    /// Features of labels, as a text tower would give them.
    var labelFeatures: Tensor { Generator(seed: 3).normal([Self.labels, configuration.clip.embedDim]) }

    /// The probabilities of the windows of eight frames that begin at each frame, by the model's own graph.
    func probabilities() -> Tensor {
        let labels = ActionLabels.texts(LabelFeatures(labelFeatures, labels: Self.labels)), pixels = pixels
        return withoutGradient {
            Tensor.concatenated(
                (0...4).map { start in
                    let clip = pixels.slice(0, start..<start + 8).unsqueezed(0)
                    return model.probabilities(of: labels, for: model.features(of: clip))
                })
        }
    }

    /// The engine of a precision, calibrated where it needs it.
    func engine(_ precision: Precision) throws -> ImageEngine {
        try ImageEngine(
            tower, preprocessing, precision: precision, pictures: precision == .fp32 ? nil : calibration)
    }
}
