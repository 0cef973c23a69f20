internal import ActionModels
internal import Datasets
internal import Foundation
internal import Torch

/// The steps of a run, one epoch after the other.
struct RunLoop {
    private let run: TrainingRun
    private let data: RunData
    private let session: TrainingSession
    private let events: @Sendable (TrainingRun.Event) -> Void
    private let loader: ClipLoader
    private let normalization: PixelNormalization
    private let log: RunLog?
    private let stepsPerEpoch: Int
    private let total: Int
    private var state: RunState
    private var last: ClassificationReport?
    private var scores: ClipScores?
    /// The broken videos of this process's steps that the others do not know of yet.
    private var met: [SkippedVideo] = []
    /// What the newest checkpoint holds.
    private var saved: RunState?
    private var began = ContinuousClock.now

    init(
        _ run: TrainingRun, _ data: RunData, _ session: TrainingSession, _ state: RunState,
        _ events: @escaping @Sendable (TrainingRun.Event) -> Void
    ) async throws {
        (self.run, self.data, self.session, self.state, self.events) = (run, data, session, state, events)
        saved = state.step > 0 ? state : nil
        normalization = run.start.checkpoint.preprocessing.normalization
        let (batch, length) = await (session.method.batch, session.method.length)
        loader = try data.trainingLoader(batch: batch, normalization)
        stepsPerEpoch = loader.batchesPerEpoch
        guard stepsPerEpoch > 0 else {
            throw TrainingError.badRecipe(
                "\(data.train.samples.count) clips make no batch of \(batch); --set run.dropsLast=false")
        }
        total = length.steps(stepsPerEpoch: stepsPerEpoch)
        try await session.keepFeatures(run, data) { events(.encoding(done: $0, total: $1)) }
        log = run.group.rank == 0 ? try RunLog(in: run.folder.path, at: state) : nil
    }

    mutating func run() async throws -> TrainingRun.Outcome {
        events(.began(step: state.step, total: total))
        do { try await steps() } catch let error where error is CancellationError || Task.isCancelled {
            // Somebody asked for the end. Weights change only when a step's last word with the others is said, so nothing
            // is lost wherever the run broke off, also if another process was faster to leave.
            try await save()
            throw CancellationError()
        }
        try await finish()
        return TrainingRun.Outcome(steps: state.step, best: state.best, last: last, seconds: state.seconds)
    }

    private mutating func steps() async throws {
        // A run that was killed behind an epoch's last step may owe its evaluation.
        if state.step > 0 { try await evaluateIfDue() }
        while state.step < total, !isOver {
            try await epoch()
            try await evaluateIfDue()
            try await save()
        }
        // The last weights are measured wherever the run ends: inside an epoch, or between two evaluations.
        if state.evaluatedStep != state.step { try await evaluate() }
        try await save()
        // What was evaluated before an interruption is known by its figure only; the report shows all of it.
        if last == nil { try await measure() }
    }

    /// Whether evaluations have not become better for too long.
    private var isOver: Bool { run.recipe.run.patience.map { state.evaluationsWithoutBest >= $0 } ?? false }

    /// The rest of the epoch that the run is in.
    private mutating func epoch() async throws {
        let epoch = state.step / stepsPerEpoch
        let first = state.step % stepsPerEpoch
        var batches = EpochClips(epoch: epoch, from: first, loader, isKept: run.recipe.run.features != nil)
        var lapped = ContinuousClock.now
        while state.step < total, let batch = try await next(of: &batches) {
            let position = RunPosition(step: state.step, stepsPerEpoch: stepsPerEpoch)
            let clips = count(inBatch: position.iteration)
            let (report, rate) = try await session.step(batch, of: clips, at: position)
            let seconds = lapped.duration(to: .now) / .seconds(1)
            lapped = .now
            state.step += 1
            met += batch.skipped
            try note(report, rate, images: clips * data.frames, seconds, waited: batch.waited)
            if state.step % stepsPerEpoch == 0 || state.step == total { try await logBroken() }
            if let every = run.recipe.run.checkpointEvery, state.step % every == 0 {
                try await gatherBroken()
                try await save()
            }
        }
    }

    /// What the next step reads; nil behind the epoch's last.
    ///
    /// All processes stop before the same step when one of them is asked to.
    private mutating func next(of batches: inout EpochClips) async throws -> StepClips? {
        var batch: StepClips?
        do { batch = try await batches.next() } catch is CancellationError {}
        guard try await !session.isAnyCancelled() else {
            try await gatherBroken()
            throw CancellationError()
        }
        return batch
    }

    /// The epoch of the newest step.
    private var epochNumber: Int { max(0, state.step - 1) / stepsPerEpoch }

    /// Brings into the state what any process could not read.
    private mutating func gatherBroken() async throws {
        state.note(try await session.gathered(met), epoch: epochNumber)
        met = []
    }

    /// Says which videos of the epoch could not be read; before its last checkpoint, so that a log has it once.
    private mutating func logBroken() async throws {
        try await gatherBroken()
        guard let broken = state.broken else { return }
        try log?.scalars(step: state.step, ["train/skipped": Double(broken.reduce(0) { $0 + $1.times })])
        let new = broken.filter { $0.epoch == epochNumber }
        for video in new { try log?.text(step: state.step, "train/skipped_video", video.description) }
        if !new.isEmpty { events(.skipped(new)) }
    }

    /// The number of clips of a batch over all processes.
    private func count(inBatch number: Int) -> Int {
        let batch = loader.settings.batch
        return min(batch, data.train.samples.count - number * batch)
    }

    private func note(
        _ report: Stepper.Report, _ rate: Double, images: Int, _ seconds: Double, waited: Double
    ) throws {
        let record = StepRecord(
            step: state.step, total: total, loss: report.loss, learningRate: rate,
            imagesPerSecond: Double(images) / max(seconds, 1e-9), dataWait: min(1, waited / max(seconds, 1e-9)))
        var scalars = [
            "train/loss": record.loss, "train/learning_rate": rate, "train/gradient_norm": report.gradientNorm,
            "train/images_per_second": record.imagesPerSecond, "train/data_wait": record.dataWait,
        ]
        for (name, value) in report.parts { scalars["train/loss/\(name)"] = value }
        try log?.scalars(step: state.step, scalars)
        events(.stepped(record))
    }

    private mutating func evaluateIfDue() async throws {
        let every = run.recipe.run.evaluateEvery
        guard every > 0, state.evaluatedStep != state.step, state.step % stepsPerEpoch == 0,
            state.step / stepsPerEpoch % every == 0
        else { return }
        try await evaluate()
    }

    private mutating func evaluate() async throws {
        guard let report = try await measure() else { return }
        let isBest = state.evaluated(report.value(of: run.recipe.run.metric))
        try log?.scalars(step: state.step, report.scalars(prefix: "validation/"))
        if isBest, run.group.rank == 0 { try await session.writeModel(to: run.folder.best, run, data, report) }
        events(.evaluated(step: state.step, report, isBest: isBest))
    }

    /// Computes what the report shows; nil without a list to evaluate on.
    @discardableResult
    private mutating func measure() async throws -> ClassificationReport? {
        guard let samples = data.validation else { return nil }
        let loader = try data.evaluationLoader(samples, normalization), events = events
        let found = try await session.evaluate(
            samples, loader, classes: data.classes.names, names: data.names(run.recipe.lists.text),
            tokenizer: run.start.tokenizer
        ) { events(.evaluating(done: $0, total: $1)) }
        let report = try ClassificationReport(found, partners: TimeOrderPartners.of(data.classes.names))
        (last, scores) = (report, found)
        return report
    }

    private mutating func save() async throws {
        guard state != saved else { return }
        state.seconds += began.duration(to: .now) / .seconds(1)
        began = .now
        saved = state
        guard run.group.rank == 0 else { return }
        try await session.write(state, to: run.folder)
        events(.saved(step: state.step))
    }

    private mutating func finish() async throws {
        guard run.group.rank == 0 else { return }
        try await session.writeModel(to: run.folder.last, run, data, last)
        try RunReporting(run: run, data: data, state: state).write(last, scores)
    }
}

extension RunPosition {
    /// The part of a run that is over, 0 to 1.
    func progress(of length: RunLength) -> Double {
        Double(step) / Double(length.steps(stepsPerEpoch: stepsPerEpoch))
    }
}

extension RunLength {
    /// The number of steps.
    func steps(stepsPerEpoch: Int) -> Int {
        switch self {
        case .epochs(let epochs): max(1, Int((epochs * Double(stepsPerEpoch)).rounded()))
        case .steps(let steps): steps
        }
    }
}
