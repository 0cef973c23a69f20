internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch

extension Reproduction {
    /// Where the latencies of a suite are kept.
    private var latencyPath: String { folder + "/latency.json" }

    /// What was measured before; empty if nothing was.
    public var keptLatencies: [ModelLatency] { (try? SortedJSON.read(from: latencyPath)) ?? [] }

    /// Measures the models of all rows that are trained, in one process, and keeps the result.
    ///
    /// The models are those of the first seed; weights do not matter to the time.
    ///
    /// - Parameters:
    ///   - settings: how often.
    ///   - events: told how many rounds are done.
    /// - Returns: a row a model.
    /// - Throws: `TrainingError`, `ActionModelError`, `VideoError`, `CancellationError`.
    public func measureLatencies(
        _ settings: LatencyProtocol = LatencyProtocol(), _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> [ModelLatency] {
        let seed = seeds[0],
            trained = rows.filter { row in
                FileManager.default.fileExists(atPath: RunFolder(place(row.id, seed)).last)
            }
        guard !trained.isEmpty else { return keptLatencies }
        let videos = try VideoList(reading: folder + "/test/validation.txt").samples.map(\.source)
        let cases = try await latencyCases(trained, seed)
        var measurement = LatencyMeasurement(cases, videos: Array(videos.prefix(settings.warmup + settings.runs)))
        measurement.settings = settings
        let found = try await measurement.run { events(.measuring(done: $0, total: $1)) }
        try SortedJSON.write(found, to: latencyPath)
        return found
    }

    @TorchActor
    private func latencyCases(_ rows: [Ablation], _ seed: UInt64) throws -> [LatencyCase] {
        let names = Puppets.trainingActions.map(\.name)
        return try rows.map { row in
            let checkpoint = try ActionModelCheckpoint(path: RunFolder(place(row.id, seed)).last)
            let model = try checkpoint.model().model
            var question = LabelQuestion.trained
            if model.classes == nil, let tokenizer = start.tokenizer {
                question = .texts(LabelTexts(names: names, tokenizer: tokenizer))
            }
            return LatencyCase(
                id: row.id, model: model, labels: try question.labels(for: model),
                preprocessing: checkpoint.preprocessing, frames: model.frames ?? 8)
        }
    }

    /// The architecture of a row's models, of the seed that latencies are measured with; nil before they are trained.
    func configuration(of row: String) async -> ActionModelConfiguration? {
        let path = RunFolder(place(row, seeds[0])).last
        return try? await TorchThread.run { () throws(ActionModelError) in
            try ActionModelCheckpoint(path: path).configuration
        }
    }

    /// The speed of full-size backbones, measured once in the folder.
    ///
    /// - Parameters:
    ///   - settings: how often.
    ///   - events: told how many rounds are done.
    /// - Returns: the medians.
    /// - Throws: `TrainingError`, `CancellationError`.
    public func fullSizeSpeed(
        _ settings: LatencyProtocol, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> FullSizeSpeed {
        let path = folder + "/full-size.json"
        if let kept = keptFullSizeSpeed, kept.settings == settings { return kept }
        let found = try await FullSizeSpeed.measured(settings) { events(.measuring(done: $0, total: $1)) }
        try RunFolder(folder).make()
        try SortedJSON.write(found, to: path)
        return found
    }

    /// What was measured before; nil if nothing was.
    public var keptFullSizeSpeed: FullSizeSpeed? { try? SortedJSON.read(from: folder + "/full-size.json") }

    /// The sizes of the rows' models that are trained.
    ///
    /// - Returns: by the rows' names.
    public func sizes() async -> [String: DistillationReport.Size] {
        var sizes: [String: DistillationReport.Size] = [:]
        for row in rows {
            guard let configuration = await configuration(of: row.id), let clip = configuration.clipConfiguration else {
                continue
            }
            sizes[row.id] = DistillationReport.Size(
                backboneParameters: ModelCost(clip).backboneParameters, clipMACs: configuration.cost().clipMACs)
        }
        return sizes
    }
}
