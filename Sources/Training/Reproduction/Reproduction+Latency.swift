internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch

extension Reproduction {
    /// Where the latencies of a suite are kept.
    private var latencyPath: String { folder + "/latency.json" }

    /// What was measured before; nil if nothing was.
    public var keptLatencies: MeasuredLatencies? { try? SortedJSON.read(from: latencyPath) }

    /// Measures the models of all rows that are trained, in one process, and keeps the result.
    ///
    /// The models are those of the first seed; weights do not matter to the time.
    ///
    /// - Parameters:
    ///   - settings: how often.
    ///   - machine: the machine in words.
    ///   - events: told how many rounds are done.
    /// - Returns: a row a model; what was kept where no model is trained.
    /// - Throws: `TrainingError`, `ActionModelError`, `VideoError`, `CancellationError`.
    public func measureLatencies(
        _ settings: LatencyProtocol = LatencyProtocol(), on machine: String,
        _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> MeasuredLatencies? {
        let seed = seeds[0],
            trained = rows.filter { row in
                FileManager.default.fileExists(atPath: RunFolder(place(row.id, seed)).last)
            }
        guard !trained.isEmpty else { return keptLatencies }
        let videos = try VideoList(reading: folder + "/test/validation.txt").samples.map(\.source)
        let cases = try await latencyCases(trained, seed)
        var measurement = LatencyMeasurement(cases, videos: Array(videos.prefix(settings.warmup + settings.runs)))
        measurement.settings = settings
        let rows = try await measurement.run { events(.measuring(done: $0, total: $1)) }
        let found = MeasuredLatencies(
            settings: settings, threads: TorchRuntime.threads, machine: machine, rows: rows)
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
    ///   - machine: the machine in words.
    ///   - events: told how many rounds are done.
    /// - Returns: the medians.
    /// - Throws: `TrainingError`, `CancellationError`.
    public func fullSizeSpeed(
        _ settings: LatencyProtocol, on machine: String, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> FullSizeSpeed {
        if let kept = keptFullSizeSpeed(settings, on: machine) { return kept }
        var found = try await FullSizeSpeed.measured(settings) { events(.measuring(done: $0, total: $1)) }
        found.machine = machine
        try RunFolder(folder).make()
        try SortedJSON.write(found, to: fullSizePath)
        return found
    }

    /// What was measured before.
    ///
    /// - Parameters:
    ///   - settings: how often.
    ///   - machine: the machine in words.
    /// - Returns: nil if nothing was, or otherwise: on another machine, with other threads, less or more often.
    public func keptFullSizeSpeed(_ settings: LatencyProtocol, on machine: String) -> FullSizeSpeed? {
        guard let kept = try? SortedJSON.read(FullSizeSpeed.self, from: fullSizePath) else { return nil }
        let isSame =
            kept.settings == settings && kept.machine == machine && kept.threads == FullSizeSpeed.usualThreads
        return isSame ? kept : nil
    }

    private var fullSizePath: String { folder + "/full-size.json" }

    /// The sizes of the rows' models that are trained.
    ///
    /// - Returns: by the rows' names.
    public func sizes() async -> [String: DistillationReport.Size] {
        var sizes: [String: DistillationReport.Size] = [:]
        for row in rows {
            guard let configuration = await configuration(of: row.id), let clip = configuration.clipConfiguration else {
                continue
            }
            let cost = ModelCost(clip)
            sizes[row.id] = DistillationReport.Size(
                backboneParameters: cost.backboneParameters, imageParameters: cost.visionParameters,
                clipMACs: configuration.cost().clipMACs)
        }
        return sizes
    }
}
