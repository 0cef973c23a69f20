public import ActionModels
public import Datasets
internal import Foundation
public import Torch

/// The encoding of every video of a list by a model, over all processes of a run.
///
/// Each video is encoded exactly once, whatever the number of processes; those that cannot be read are listed.
public struct ClipEncoding: Sendable {
    /// The model.
    public let model: any ActionModel
    /// How clips are made and brought to the process.
    public let loader: ClipLoader
    /// What is subtracted from pixels and divided by.
    public let normalization: PixelNormalization
    /// The processes that share the list.
    public let group: ProcessGroup

    /// Prepares an encoding.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - loader: of evaluation clips; its shard is this process's.
    ///   - normalization: what is subtracted from pixels and divided by.
    ///   - group: the processes that share the list.
    public init(
        _ model: any ActionModel, _ loader: ClipLoader, normalization: PixelNormalization, group: ProcessGroup = .alone
    ) {
        self.model = model
        self.loader = loader
        self.normalization = normalization
        self.group = group
    }

    /// Encodes the list.
    ///
    /// - Parameter progress: told how many batches of this process are done, and of how many.
    /// - Returns: the videos of all processes.
    /// - Throws: `VideoError` of settings that no video fits, `CancellationError`, `ProcessGroupError`.
    public func run(_ progress: @Sendable (Int, Int) -> Void = { _, _ in }) async throws -> EncodedClips {
        let rows = await EncodedRows(model, normalization)
        var unreadable: [Int: String] = [:], done = 0
        for try await batch in loader.batches(epoch: 0) {
            try Task.checkCancellation()
            for video in batch.skipped { unreadable[video.position] = video.reason }
            if !batch.clips.isEmpty { await rows.add(batch) }
            done += 1
            progress(done, loader.batchesPerEpoch)
        }
        return try await rows.gathered(unreadable, group)
    }
}

/// The rows of one process, on the LibTorch thread.
@TorchActor
private final class EncodedRows {
    private let model: any ActionModel
    private let normalization: PixelNormalization
    private var positions: [Int] = []
    private var embeddings: [Tensor] = []
    private var tokens: [Tensor] = []
    private var logits: [Tensor] = []
    private var frameNumbers: [Int: [[Int]]] = [:]

    init(_ model: any ActionModel, _ normalization: PixelNormalization) {
        self.model = model
        self.normalization = normalization
    }

    func add(_ batch: ClipBatch) {
        withoutGradient {
            let features = model.features(of: batch.tensor(normalization))
            positions += batch.positions
            for (position, frames) in zip(batch.positions, batch.frameNumbers) { frameNumbers[position] = frames }
            func keep(_ rows: Tensor?, in parts: inout [Tensor]) {
                if let rows { parts.append(rows.reshaped(batch.positions.count, batch.views, -1)) }
            }
            keep(features.embedding, in: &embeddings)
            keep(features.token, in: &tokens)
            keep(features.classLogits, in: &logits)
        }
    }

    /// The rows of all processes in the order of the list.
    func gathered(_ unreadable: [Int: String], _ group: ProcessGroup) throws -> EncodedClips {
        let own = Tensor(positions.map(Int64.init), shape: [positions.count])
        let all = try group.gathered(own).array(of: Int.self)
        let order = all.indices.sorted { all[$0] < all[$1] }
        func merged(_ parts: [Tensor]) throws -> Tensor? {
            guard !all.isEmpty, let width = try width(of: parts, group) else { return nil }
            let rows = parts.isEmpty ? Tensor.zeros([0] + width) : Tensor.concatenated(parts)
            return try group.gathered(rows.to(dtype: .float32)).selected(0, Tensor(order))
        }
        let numbers = try Self.gathered(frameNumbers, group)
        return EncodedClips(
            positions: order.map { all[$0] }, embeddings: try merged(embeddings), tokens: try merged(tokens),
            classLogits: try merged(logits),
            frameNumbers: order.map { numbers[all[$0]] ?? [] }, unreadable: try Self.gathered(unreadable, group))
    }

    /// What all processes know of their videos, by position.
    private static func gathered<Value: Codable>(
        _ own: [Int: Value], _ group: ProcessGroup
    ) throws -> [Int: Value] {
        var whole: [Int: Value] = [:]
        for part in try group.gathered([UInt8](JSONEncoder().encode(own))) {
            whole.merge(try JSONDecoder().decode([Int: Value].self, from: Data(part))) { first, _ in first }
        }
        return whole
    }

    /// The shape of a row; a process without videos learns it from the others.
    private func width(of parts: [Tensor], _ group: ProcessGroup) throws -> [Int]? {
        let own = parts.first.map { Array($0.shape[1...]) } ?? []
        return try group.gathered([UInt8](JSONEncoder().encode(own)))
            .compactMap { try JSONDecoder().decode([Int].self, from: Data($0)) }.first { !$0.isEmpty }
    }
}
