public import ActionModels
internal import Foundation
internal import Torch
internal import Video

/// Features of a frozen tower, kept in a folder: what EVL's decoder is trained on without computing the tower again.
///
/// The folder holds `manifest.json` and one safetensors file for each view, `views/<two digits>/<digest>.safetensors`,
/// named by the SHA-256 of the view. A file's header repeats the view and the manifest's digest. Its tensors are
/// `layers.N.stream` `[T, L, C]`, and `queries` and `keys` `[T, L, h, d]` or `previous` and `next` `[T-1, P, P]`; with
/// int8 each has a companion `….scale` of the same rank whose last axis is 1. Files appear whole or not at all, so that
/// several processes may fill a folder. Nothing in it is trusted: sizes and types are checked against the manifest
/// before a tensor is used.
public struct FeatureCache: Sendable {
    /// The folder.
    public let folder: String
    /// What the features have in common.
    public let manifest: FeatureCacheManifest
    private let digest: String

    /// Opens a folder of kept features, or makes it.
    ///
    /// - Parameters:
    ///   - folder: the folder; made if it is missing.
    ///   - manifest: what the features must have in common.
    /// - Throws: `TrainingError.features` with `otherSettings` if the folder's features were made with others,
    ///   `notACache` for a manifest that cannot be read, `unwritable`.
    public init(at folder: String, _ manifest: FeatureCacheManifest) throws(TrainingError) {
        (self.folder, self.manifest) = (folder, manifest)
        let path = folder + "/manifest.json"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try encoder.encode(manifest)
            digest = WeightDigest.sha256(of: data)
            if !FileManager.default.fileExists(atPath: path) {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try data.write(to: URL(fileURLWithPath: path), options: .atomic)
            }
        } catch { throw .features(path: path, .unwritable("\(error)")) }
        let differences = try Self.manifest(at: folder).differences(from: manifest)
        guard differences.isEmpty else { throw .features(path: path, .otherSettings(differences)) }
    }

    /// Reads what the features of a folder have in common.
    ///
    /// - Parameter folder: the folder.
    /// - Returns: the manifest.
    /// - Throws: `TrainingError.features` with `notACache`.
    public static func manifest(at folder: String) throws(TrainingError) -> FeatureCacheManifest {
        let path = folder + "/manifest.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .features(path: path, .notACache("there is no such file"))
        }
        let manifest: FeatureCacheManifest
        do { manifest = try JSONDecoder().decode(FeatureCacheManifest.self, from: data) } catch {
            throw .features(path: path, .notACache("it is no manifest of this format"))
        }
        guard manifest.format == FeatureCacheManifest.formatName, manifest.version == 1 else {
            throw .features(path: path, .notACache("format \(manifest.format), version \(manifest.version)"))
        }
        return manifest
    }

    /// Whether a view's features are kept.
    ///
    /// - Parameter view: the view.
    /// - Returns: true if there is a file for it; reading may still find it damaged.
    public func contains(_ view: FeatureView) -> Bool {
        FileManager.default.fileExists(atPath: place(of: view).path)
    }

    /// Keeps the features of a view; what was kept of it before is replaced.
    ///
    /// - Parameters:
    ///   - features: of one clip, with the manifest's sizes and form; a programmer's mistake if not.
    ///   - view: the view.
    /// - Throws: `TrainingError.features` with `notFinite` or `unwritable`.
    public func store(_ features: EVLFeatures, for view: FeatureView) throws(TrainingError) {
        let (path, key) = place(of: view)
        precondition(features.layers.count == manifest.heads.count, "features of \(features.layers.count) blocks")
        var tensors: [String: Tensor] = [:]
        for (number, layer) in features.layers.enumerated() {
            let shapes = manifest.shapes(layer: number, frames: view.frames.count)
            let parts = layer.tensors
            precondition(parts.mapValues { $0.shape } == shapes.mapValues { [1] + $0 }, "features of other sizes")
            for (part, tensor) in parts {
                try pack(tensor.squeezed(0), as: "layers.\(number).\(part)", into: &tensors, path: path)
            }
        }
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try StateFile.write(
                tensors, metadata: ["format": manifest.format, "manifest": digest, "view": key], to: path)
        } catch { throw .features(path: path, .unwritable("\(error)")) }
    }

    /// The kept features of a view.
    ///
    /// - Parameter view: the view.
    /// - Returns: features of one clip; float32 where int8 was kept.
    /// - Throws: `TrainingError.features` with `missing`, `damaged`, `otherSettings` or `otherView`.
    public func features(of view: FeatureView) throws(TrainingError) -> EVLFeatures {
        let (path, key) = place(of: view)
        guard contains(view) else { throw .features(path: path, .missing) }
        let file: StateFile, tensors: [String: Tensor]
        do {
            file = try StateFile.read(path)
            tensors = try file.loadedTensors()
        } catch { throw .features(path: path, .damaged("\(error)")) }
        guard file.metadata["format"] == manifest.format else {
            throw .features(path: path, .damaged("it is no file of kept features"))
        }
        guard file.metadata["manifest"] == digest else {
            throw .features(path: path, .otherSettings(["manifest"]))
        }
        guard file.metadata["view"] == key else { throw .features(path: path, .otherView) }
        var layers: [EVLFeatures.Layer] = [], expected = 0
        for layer in manifest.heads.indices {
            var parts: [String: Tensor] = [:]
            for (part, shape) in manifest.shapes(layer: layer, frames: view.frames.count) {
                parts[part] = try unpack("layers.\(layer).\(part)", shape, tensors, path: path).unsqueezed(0)
                expected += manifest.storage == .int8 ? 2 : 1
            }
            layers.append(EVLFeatures.Layer(tensors: parts))
        }
        guard tensors.count == expected else {
            throw .features(path: path, .damaged("it holds \(tensors.count) tensors instead of \(expected)"))
        }
        return EVLFeatures(layers)
    }

    /// A view's file, and its key as text.
    ///
    /// Operations have their lengths and the video comes last, so that no two views have the same.
    private func place(of view: FeatureView) -> (path: String, key: String) {
        let frames = view.frames.map(String.init).joined(separator: ","), box = view.box
        let picture = "\(box.left),\(box.top),\(box.width),\(box.height)" + (view.isMirrored ? " mirrored" : "")
        let operations = view.augmentation.map { "\($0.utf8.count):\($0)," }.joined()
        let key = "frames \(frames); box \(picture); augmentation \(operations); video \(view.video)"
        let digest = WeightDigest.sha256(of: key.utf8)
        return ("\(folder)/views/\(digest.prefix(2))/\(digest).safetensors", key)
    }
}
