internal import Foundation
internal import Torch

/// The files of spatial targets.
struct SpatialFolder {
    let path: String

    init(_ path: String) { self.path = path }

    var manifestPath: String { path + "/manifest.json" }
    var targetsPath: String { path + "/spatial_targets.safetensors" }
    var reportPath: String { path + "/report.json" }
    var draftPath: String { path + "/unfinished.safetensors" }

    /// Whether there are targets, which the manifest ends.
    var isFinished: Bool { FileManager.default.fileExists(atPath: manifestPath) }

    /// Makes the folder, and finds out whether it can be written to.
    func make() throws(TrainingError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .spatialTargets(path: path, .unwritable(error.localizedDescription))
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw .spatialTargets(path: path, .unwritable("the folder is closed to writing"))
        }
    }

    /// Reads the manifest, and checks that it can be one.
    func manifest() throws(TrainingError) -> SpatialManifest {
        guard isFinished else {
            throw .spatialTargets(path: path, .notTargets("there is no \(manifestPath)"))
        }
        let manifest: SpatialManifest
        do { manifest = try SortedJSON.read(from: manifestPath) } catch {
            throw .spatialTargets(path: path, .notTargets("\(error)"))
        }
        guard manifest.format == SpatialManifest.formatName, manifest.version == 1 else {
            throw .spatialTargets(
                path: path, .notTargets("format \(manifest.format), version \(manifest.version)"))
        }
        let places = manifest.videos.indices
        guard manifest.unreadable.allSatisfy({ places.contains($0.position ?? -1) }) else {
            throw .spatialTargets(path: manifestPath, .damaged("an unreadable video is none of the list's"))
        }
        return manifest
    }

    /// Reads the matrices, and checks them.
    func matrices(_ manifest: SpatialManifest) throws(TrainingError) -> [Tensor] {
        let tensors: [String: Tensor]
        do { tensors = try StateFile.read(targetsPath).loadedTensors() } catch {
            throw .spatialTargets(path: targetsPath, .damaged("\(error)"))
        }
        let groups = manifest.vocabulary.groups
        guard Set(tensors.keys) == Set(groups.map(\.name)) else {
            throw .spatialTargets(path: targetsPath, .damaged("it holds other groups than the manifest says"))
        }
        var matrices: [Tensor] = []
        for group in groups {
            let shape = [manifest.videos.count, group.labels.count]
            guard let matrix = tensors[group.name], matrix.shape == shape, matrix.dtype == .float16 else {
                throw .spatialTargets(path: targetsPath, .damaged("\(group.name) is no float16 matrix \(shape)"))
            }
            guard Self.areDistributions(matrix) else {
                throw .spatialTargets(path: targetsPath, .damaged("\(group.name) has rows that do not sum to one"))
            }
            matrices.append(matrix)
        }
        guard WeightDigest.sha256(of: tensors) == manifest.targetsSHA256 else {
            throw .spatialTargets(path: targetsPath, .damaged("the targets are not those that the manifest is about"))
        }
        return matrices
    }

    /// Whether all rows are probabilities, or zeros.
    private static func areDistributions(_ matrix: Tensor) -> Bool {
        let rows = matrix.to(dtype: .float32), sums = rows.sum(-1)
        let isWhole = (sums - 1).abs.less(than: 0.01).or(sums.equal(to: 0))
        return rows.isFinite.allTrue && rows.less(than: 0).inverted.allTrue && isWhole.allTrue
    }

    /// Writes everything, the manifest last, and takes the draft away.
    func write(
        _ matrices: [String: Tensor], _ manifest: SpatialManifest, _ report: SpatialReport
    ) throws(TrainingError) {
        do {
            try StateFile.write(matrices, metadata: ["format": manifest.format], to: targetsPath)
        } catch { throw .spatialTargets(path: targetsPath, .unwritable("\(error)")) }
        try SortedJSON.write(report, to: reportPath)
        try SortedJSON.write(manifest, to: manifestPath)
        try? FileManager.default.removeItem(atPath: draftPath)
    }
}
