public import Datasets
internal import Foundation
public import Torch

/// What a teacher says of each video of a list, seen once as it is evaluated, kept in a folder.
///
///     teacher_predictions.safetensors    logits z_T float16 [N, K], labels ŷ int64 [N]
///     manifest.json                      what they were made of
///
/// Nothing in the folder is trusted: types, sizes, digests and values are checked.
/// Source: the page of the threefold distillation, section 4.3, `cached`.
public struct TeacherPredictions: Sendable {
    /// What the predictions were made of.
    public let manifest: TeacherPredictionsManifest
    /// The scaled similarities z_T of videos to classes `[N, K]`, float16.
    public let logits: Tensor
    /// The classes ŷ that the teacher takes the videos for (int64) `[N]`.
    public let labels: Tensor

    /// Reads the predictions of a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - samples: the videos that are trained on, which must be those of the predictions, in the same order.
    ///   - classes: the names of the classes as sentences hold them.
    ///   - teacherDigest: ``WeightDigest`` of the teacher; nil where its weights are not at hand.
    /// - Throws: `TrainingError.teacherPredictions`.
    public init(
        at folder: String, for samples: [VideoSample], classes: [String], teacherDigest: String? = nil
    ) throws(TrainingError) {
        let files = TeacherPredictionsFolder(folder), manifest = try files.manifest()
        if let difference = SpatialVideoName.difference(between: manifest.videos, and: samples) {
            throw .teacherPredictions(path: folder, .otherVideos(difference))
        }
        guard manifest.source.classes == classes else {
            throw .teacherPredictions(
                path: folder, .otherSource(["classes: \(manifest.source.classes.count) there, \(classes.count) here"]))
        }
        guard teacherDigest == nil || teacherDigest == manifest.source.teacherSHA256 else {
            throw .teacherPredictions(path: folder, .otherSource(["the teacher's SHA-256"]))
        }
        self.manifest = manifest
        (logits, labels) = try files.tensors(manifest)
    }

    /// What the teacher said of clips' videos.
    ///
    /// - Parameter positions: the positions of the videos in the list.
    /// - Returns: scores and classes.
    public func scores(at positions: [Int]) -> TeacherScores {
        let rows = Tensor(positions)
        return TeacherScores(
            logits: logits.selected(0, rows).to(dtype: .float32), labels: labels.selected(0, rows))
    }
}

/// The files of kept predictions.
struct TeacherPredictionsFolder {
    let path: String

    init(_ path: String) { self.path = path }

    private var manifestPath: String { path + "/manifest.json" }
    private var tensorsPath: String { path + "/teacher_predictions.safetensors" }

    /// Whether there are predictions, which the manifest ends.
    var isFinished: Bool { FileManager.default.fileExists(atPath: manifestPath) }

    func manifest() throws(TrainingError) -> TeacherPredictionsManifest {
        guard isFinished else {
            throw .teacherPredictions(path: path, .notPredictions("there is no \(manifestPath)"))
        }
        let manifest: TeacherPredictionsManifest
        do { manifest = try SortedJSON.read(from: manifestPath) } catch {
            throw .teacherPredictions(path: path, .notPredictions("\(error)"))
        }
        guard manifest.format == TeacherPredictionsManifest.formatName, manifest.version == 1 else {
            throw .teacherPredictions(
                path: path, .notPredictions("format \(manifest.format), version \(manifest.version)"))
        }
        return manifest
    }

    func tensors(_ manifest: TeacherPredictionsManifest) throws(TrainingError) -> (logits: Tensor, labels: Tensor) {
        func damaged(_ detail: String) -> TrainingError { .teacherPredictions(path: tensorsPath, .damaged(detail)) }
        let tensors: [String: Tensor]
        do { tensors = try StateFile.read(tensorsPath).loadedTensors() } catch { throw damaged("\(error)") }
        let (n, k) = (manifest.videos.count, manifest.source.classes.count)
        guard let logits = tensors["logits"], logits.shape == [n, k], logits.dtype == .float16,
            logits.isFinite.allTrue
        else { throw damaged("logits are no finite float16 matrix [\(n), \(k)]") }
        guard let labels = tensors["labels"], labels.shape == [n], labels.dtype == .int64,
            labels.array(of: Int.self).allSatisfy((0..<k).contains)
        else { throw damaged("labels are no \(n) of \(k) classes") }
        guard WeightDigest.sha256(of: ["logits": logits, "labels": labels]) == manifest.predictionsSHA256 else {
            throw damaged("the predictions are not those that the manifest is about")
        }
        return (logits, labels)
    }

    /// Writes everything, the manifest last.
    func write(
        _ tensors: [String: Tensor], _ manifest: TeacherPredictionsManifest
    ) throws(TrainingError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try StateFile.write(tensors, metadata: ["format": manifest.format], to: tensorsPath)
        } catch { throw .teacherPredictions(path: path, .unwritable("\(error)")) }
        try SortedJSON.write(manifest, to: manifestPath)
    }
}
