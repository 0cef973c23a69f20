import CLIP
import Foundation
import Recognition
import Torch
import Video

/// What both sides read: a video, weights, pictures.
struct RealtimeFiles {
    let folder: String

    static let width = 1280, height = 720, rate = 30, frames = 240
    var video: String { "\(folder)/720p.mp4" }

    func folder(of architecture: NamedArchitecture) -> String {
        "\(folder)/\(architecture.rawValue.replacing("/", with: "-"))"
    }

    /// Writes the video if it is not there yet.
    func writeVideo() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard !FileManager.default.fileExists(atPath: video) else { return }
        let picture = MovingPicture(width: Self.width, height: Self.height)
        let writer = try VideoWriter(path: video, width: Self.width, height: Self.height, rate: (Self.rate, 1))
        for frame in 0..<Self.frames { try writer.append(picture.frame(frame)) }
        try writer.finish()
    }

    /// Writes what the peers read of a model.
    func write(_ architecture: NamedArchitecture) async throws {
        let target = folder(of: architecture), video = video
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let blocks = architecture.configuration.vision.blocks
        let sizes = Sizes(
            width: blocks.width, patch: architecture.configuration.vision.patchSize, image: 224, layers: blocks.layers,
            heads: blocks.heads[0], activation: architecture.configuration.activation.rawValue,
            space: architecture.configuration.embedDim)
        try JSONEncoder().encode(sizes).write(to: URL(fileURLWithPath: target + "/tower.json"), options: .atomic)
        try await TorchThread.run {
            let model = try RealtimeModel(architecture, video: video), pixels = model.pixels
            let tensors = model.parameters.tensors.mapValues { $0.detached() }
            var tower: [String: Tensor] = [:], whole: [String: Tensor] = [:]
            for (name, tensor) in tensors {
                if name.hasPrefix("model.visual.") {
                    tower[String(name.dropFirst("model.".count))] = tensor
                    whole[name] = tensor
                } else if name.hasPrefix("fusion.") {
                    whole[name] = tensor
                }
            }
            try StateFile.write(tower, to: target + "/weights.safetensors")
            try StateFile.write(whole, to: target + "/actionclip.safetensors")
            let features = withoutGradient { model.tower(pixels) }
            try StateFile.write(
                [
                    "pixels": pixels.slice(0, 0..<8), "features": features.slice(0, 0..<8),
                    "calibration": model.preprocessing.normalized(model.calibration).contiguous(),
                ], to: target + "/pictures.safetensors")
            try StateFile.write(
                ["pixels": pixels, "labels": model.labelFeatures, "probabilities": model.probabilities()],
                to: target + "/stream.safetensors")
        }
    }

    private struct Sizes: Encodable {
        let width, patch, image, layers, heads: Int
        let activation: String
        let space: Int
    }
}
