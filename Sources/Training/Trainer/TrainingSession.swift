internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch

/// Everything of a run that computes: the method, its optimiser, the average of its weights.
@TorchActor
final class TrainingSession {
    let method: any TrainingMethod
    private let stepper: Stepper
    let settings: RunSettings
    private var seed: RunSeed { RunSeed(seed: settings.seed) }
    private let sharing: LossSharing
    let normalization: PixelNormalization
    private let classes: Int
    let average: ExponentialMovingAverage?
    /// Features of the frozen tower that are not computed again; nil where clips are encoded in each step.
    private(set) var kept: KeptClips?
    var group: ProcessGroup { sharing.group }

    /// Builds the model; ``resume(_:_:)`` makes what is trained equal in all processes.
    ///
    /// What is frozen is each one's own start, which ``RunSources`` compares.
    init(
        _ recipe: TrainingRecipe, _ inputs: MethodInputs, _ normalization: PixelNormalization, _ group: ProcessGroup
    ) throws {
        settings = recipe.run
        classes = inputs.classes.count
        self.normalization = normalization
        sharing = LossSharing(group, scope: settings.contrastive)
        let method = try recipe.preset.model.training(inputs)
        stepper = try Stepper(method, settings, sharing: sharing)
        average = settings.averaging.map { ExponentialMovingAverage(method.trained, decay: .constant($0.decay)) }
        self.method = method
    }

    /// Begins, or goes on from the newest checkpoint of a folder, with what process 0 has.
    func resume(_ folder: RunFolder, _ sources: RunSources) throws -> RunState {
        var state = RunState()
        if group.rank == 0, let checkpoint = try folder.newestCheckpoint() {
            try checkpoint.state.check(sources, in: folder)
            try restore(checkpoint)
            state = checkpoint.state
        }
        state.sources = sources
        guard group.size > 1 else { return state }
        state = try agreed(state)
        stepper.scaler = state.scaler ?? stepper.scaler
        let remembered = stepper.optimizer.state.sorted { $0.key < $1.key }.map(\.value)
        try group.broadcast(method.trained.tensors + remembered, from: 0)
        guard let average else { return state }
        let averages = average.state
        try group.broadcast(averages.sorted { $0.key < $1.key }.map(\.value), from: 0)
        try average.restore(averages)
        return state
    }

    /// Goes on from a checkpoint.
    private func restore(_ checkpoint: RunCheckpoint) throws {
        let own = Dictionary(
            zip(method.trained.names, method.trained.tensors), uniquingKeysWith: { first, _ in first })
        try ParameterError.check(checkpoint.trained, against: own)
        for (name, tensor) in own { checkpoint.trained[name].map(tensor.copy) }
        try stepper.optimizer.restore(checkpoint.optimizer)
        try average?.restore(checkpoint.average)
        stepper.scaler = checkpoint.state.scaler ?? stepper.scaler
    }

    /// Computes the features that the recipe wants kept and that are not there yet.
    func keepFeatures(
        _ run: TrainingRun, _ data: RunData, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws {
        guard let settings = run.recipe.run.features, let clips = run.recipe.preset.data?.evaluation else { return }
        var preprocessing = run.start.checkpoint.preprocessing
        preprocessing.shortSide = clips.shortSide
        guard let tower = method as? any FrozenTower, let manifest = tower.manifest(preprocessing, settings.storage)
        else {
            throw TrainingError.badRecipe("run.features: the image tower is trained, so its features change")
        }
        let found = try KeptClips(try FeatureCache(at: settings.folder, manifest), data, clips)
        // What another process has found may differ once one of them has begun to write.
        let missing = try agreed(group.rank == 0 ? found.missing : [])
        if !missing.isEmpty { try await encode(missing, tower, found, data, progress) }
        try group.barrier()
        kept = found
    }

    /// What process 0 has, in all processes.
    private func agreed<Value: Codable>(_ own: Value) throws -> Value {
        guard group.size > 1 else { return own }
        return try JSONDecoder().decode(
            Value.self, from: Data(try group.gathered([UInt8](JSONEncoder().encode(own)))[0]))
    }

    /// Encodes clips and keeps their features; each process takes its part of them.
    private func encode(
        _ positions: [Int], _ tower: any FrozenTower, _ kept: KeptClips, _ data: RunData,
        _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws {
        let loader = try data.evaluationLoader(positions.map { data.train.samples[$0] }, normalization)
        var done = 0
        for try await batch in loader.batches(epoch: 0) {
            try Task.checkCancellation()
            if let broken = batch.skipped.first {
                throw TrainingError.badRecipe(
                    "\(broken.path) cannot be read, so its features cannot be kept: \(broken.reason); "
                        + "`verb data check --clean` makes a list without such videos")
            }
            // Of several views the first is the training clip.
            let clips = batch.tensor(normalization)
            for (place, position) in batch.positions.enumerated() {
                let first = place * batch.views
                let features = tower.frozenFeatures(of: clips.slice(0, first..<first + 1))
                try kept.store(features, of: positions[position])
            }
            done += 1
            progress(done, loader.batchesPerEpoch)
        }
    }

    /// What a run goes on from.
    func checkpoint(_ state: RunState) -> RunCheckpoint {
        var state = state
        state.scaler = stepper.scaler
        let trained = Dictionary(
            zip(method.trained.names, method.trained.tensors), uniquingKeysWith: { first, _ in first })
        return RunCheckpoint(
            trained: trained, optimizer: stepper.optimizer.state, average: average?.state ?? [:], state: state)
    }

    /// Writes a checkpoint; this happens here so that no tensor changes meanwhile.
    func write(_ state: RunState, to folder: RunFolder) throws(TrainingError) {
        try folder.write(checkpoint(state), keep: settings.keep)
    }

    /// Whether any process was asked to stop.
    func isAnyCancelled() throws(ProcessGroupError) -> Bool {
        try group.any(Task.isCancelled, "who was interrupted")
    }

    /// The broken videos that all processes met.
    func gathered(_ met: [SkippedVideo]) throws -> [SkippedVideo] {
        guard group.size > 1 else { return met }
        let own = met.isEmpty ? [] : [UInt8](try JSONEncoder().encode(met))
        return try group.gathered(own).filter { !$0.isEmpty }.flatMap {
            try JSONDecoder().decode([SkippedVideo].self, from: Data($0))
        }
    }

    /// Steps once on this process's clips of a step of so many.
    func step(
        _ clips: StepClips, of total: Int, at position: RunPosition
    ) throws -> (report: Stepper.Report, rate: Double) {
        Generator.seedDefaults(seed.hash(.dropout, position.step, sharing.group.rank))
        let loaded = try loaded(clips, total)
        let rate = method.learningRate(at: position)
        do {
            let report = try stepper.step(learningRate: rate, parts: try parts(of: loaded, at: position))
            if !report.isSkipped { average?.update() }
            return (report, rate)
        } catch TrainingError.diverged(_, let divergence) {
            throw TrainingError.diverged(step: position.step + 1, divergence)
        }
    }

    private func loaded(_ clips: StepClips, _ total: Int) throws -> LoadedBatch {
        switch clips {
        case .decoded(let batch):
            return LoadedBatch(
                input: .clips(batch.tensor(normalization)), labels: batch.labels, positions: batch.positions,
                total: total)
        case .kept(let positions):
            guard let kept else { fatalError("TrainingSession: no features are kept") }
            // A process without clips of its own counts another's as none.
            let features = try kept.features(of: positions.isEmpty ? [0] : positions)
            return LoadedBatch(
                input: .features(features), labels: kept.labels(of: positions), positions: positions, total: total)
        }
    }

    /// The parts of a batch, as many in each process, so that those who share a loss meet in each.
    private func parts(of batch: LoadedBatch, at position: RunPosition) throws -> [TrainingBatch] {
        if batch.labels.isEmpty { return [try padding(batch, at: position)] }
        var mixed = batch
        if let mixing = settings.mixing { mixed = mixing.mixed(batch, settings, classes: classes, at: position) }
        let count = max(1, min(max(settings.accumulate, method.batchSplit), batch.total / sharing.group.size))
        return try MicroBatches(count: count).parts(of: batch.labels.count).map { range in
            let labels = batch.labels[range].map { $0.first ?? 0 }, places = Array(batch.positions[range])
            var draws = places.map { seed.draws(.texts, position.epoch, $0) }
            return TrainingBatch(
                mixed.input.clips(range), labels: Tensor(labels.map(Int64.init)),
                targets: try targets(of: mixed, range),
                texts: try method.texts(for: labels, at: places, draws: &draws), total: batch.total,
                positions: places, progress: position.progress(of: method.length))
        }
    }

    /// What a process computes that has none of a step's few clips: a black clip that counts nothing, so that it meets
    /// the others wherever they gather.
    private func padding(_ batch: LoadedBatch, at position: RunPosition) throws -> TrainingBatch {
        var draws = [seed.draws(.texts, 0)]
        return TrainingBatch(
            batch.input.padding, labels: .zeros([1], dtype: .int64),
            targets: settings.task == .multiple ? .zeros([1, classes]) : nil,
            texts: try method.texts(for: [0], at: [0], draws: &draws), total: batch.total, isPadding: true,
            positions: [0], progress: position.progress(of: method.length))
    }

    /// What the class head is told, where that is more than one class.
    private func targets(of batch: LoadedBatch, _ range: Range<Int>) throws -> Tensor? {
        if let targets = batch.targets { return targets.slice(0, range) }
        guard settings.task == .multiple else { return nil }
        var values = [Float](repeating: 0, count: range.count * classes)
        for (row, labels) in batch.labels[range].enumerated() {
            for label in labels { values[row * classes + label] = 1 }
        }
        return Tensor(values, shape: [range.count, classes])
    }
}
