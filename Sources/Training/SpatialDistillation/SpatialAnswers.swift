internal import Datasets
internal import Foundation
internal import Torch

/// What a predictor said about the videos so far, on the LibTorch thread; it can be kept and gone on from.
@TorchActor
final class SpatialAnswers {
    private let predictor: SpatialPredictor
    private let normalization: PixelNormalization
    /// The positions of the videos that could be read.
    private(set) var positions: [Int] = []
    /// Reasons by position of those that could not.
    private(set) var unreadable: [Int: String] = [:]
    /// The answers of all groups side by side, `[b, sum of K]` each.
    private var rows: [Tensor] = []

    init(_ predictor: SpatialPredictor, _ normalization: PixelNormalization) {
        (self.predictor, self.normalization) = (predictor, normalization)
    }

    /// The number of videos that were looked at.
    var done: Int { positions.count + unreadable.count }

    /// Asks about the videos of a batch.
    func add(_ batch: ClipBatch) {
        for video in batch.skipped { unreadable[video.position] = video.reason }
        guard !batch.clips.isEmpty else { return }
        rows.append(Tensor.concatenated(predictor.targets(of: batch.tensor(normalization)), axis: 1))
        positions += batch.positions
    }

    /// The answers of each group `[n, K]`, in the order of ``positions``; at least one video must have been read.
    func answers() -> [Tensor] {
        compact()
        var start = 0
        return predictor.groups.map { group in
            defer { start += group.labels.count }
            return rows[0].slice(1, start..<start + group.labels.count)
        }
    }

    /// Writes what there is so far, for the same source only.
    func save(to path: String, _ source: String) throws(TrainingError) {
        compact()
        var tensors = ["done": Tensor([done])]
        if let rows = rows.first { (tensors["positions"], tensors["rows"]) = (Tensor(positions), rows) }
        do {
            let reasons = try SortedJSON.bytes(unreadable, isPretty: false)
            let notes = ["source": source, "unreadable": String(decoding: reasons, as: UTF8.self)]
            try StateFile.write(tensors, metadata: notes, to: path)
        } catch { throw .spatialTargets(path: path, .unwritable("\(error)")) }
    }

    /// Goes on from what was written, if anything was.
    func restore(from path: String, _ source: String, of videos: Int) throws(TrainingError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let file: StateFile, tensors: [String: Tensor], reasons: [Int: String]
        do {
            file = try StateFile.read(path)
            tensors = try file.loadedTensors()
            reasons = try SortedJSON.value(from: Data((file.metadata["unreadable"] ?? "").utf8))
        } catch { throw .spatialTargets(path: path, .damaged("\(error)")) }
        guard file.metadata["source"] == source else {
            throw .spatialTargets(path: path, .otherSettings(["unfinished targets of other settings"]))
        }
        let found = tensors["positions"].map { $0.dtype == .int64 ? $0.array(of: Int.self) : [] } ?? []
        let width = predictor.groups.reduce(0) { $0 + $1.labels.count }
        let isWhole =
            found.isEmpty
            || tensors["rows"].map { $0.shape == [found.count, width] && $0.dtype == .float32 } ?? false
        guard isWhole, Set(found + reasons.keys) == Set(0..<found.count + reasons.count),
            found.count + reasons.count <= videos
        else { throw .spatialTargets(path: path, .damaged("it does not hold the first videos of the list")) }
        (positions, unreadable) = (found, reasons)
        rows = found.isEmpty ? [] : [tensors["rows"]].compactMap(\.self)
    }

    private func compact() {
        if rows.count > 1 { rows = [Tensor.concatenated(rows)] }
    }
}
