internal import ActionModels
internal import Datasets
internal import Foundation
internal import Torch

/// The papers' ablations, run on the synthetic world Puppets.
///
/// Each row is trained with several seeds from the same frozen CLIP and measured on clips that nothing was chosen by:
/// those of another seed of the world. A run that is done is kept in the folder and not repeated; one that was killed
/// goes on.
public struct Reproduction: Sendable {
    /// How large the world is.
    public struct World: Sendable, Codable, Equatable {
        /// Clips to train on.
        public var train = 1470
        /// Clips of the same classes to test on.
        public var test = 980
        /// Clips of the held-out classes to test on.
        public var heldOut = 500
        /// Where the training clips begin; the test clips begin elsewhere.
        public var seed: UInt64 = 1
        /// Where the test clips begin.
        public var testSeed: UInt64 = 20_260

        /// Makes the world of the published table.
        public init() {}
    }

    /// What happens.
    public enum Event: Sendable {
        /// Clips are being written.
        case rendering(done: Int, total: Int)
        /// A run begins: which, and how many are done of how many.
        case began(row: String, seed: UInt64, done: Int, total: Int)
        /// Something in a run.
        case training(TrainingRun.Event)
        /// A run is done.
        case finished(AblationResult)
    }

    /// The rows.
    public let rows: [Ablation]
    /// The seeds of each.
    public let seeds: [UInt64]
    /// How large the world is.
    public let world: World
    /// The folder of clips, runs and results.
    public let folder: String
    /// The frozen CLIP.
    public let start: StartingPoint
    /// Values over every recipe's.
    public var assignments: [String] = []

    /// Prepares the runs.
    ///
    /// - Parameters:
    ///   - rows: the rows.
    ///   - seeds: the seeds of each.
    ///   - world: how large the world is.
    ///   - folder: where clips, runs and results are kept.
    ///   - start: the frozen CLIP.
    public init(
        _ rows: [Ablation] = Ablation.puppets, seeds: [UInt64] = [1, 2, 3], world: World = World(), folder: String,
        start: StartingPoint
    ) {
        self.rows = rows
        self.seeds = seeds
        self.world = world
        self.folder = folder
        self.start = start
    }

    /// Runs everything that is not done yet.
    ///
    /// - Parameter events: told what happens.
    /// - Returns: the results, row after row and seed after seed.
    /// - Throws: what training throws; results that are done stay.
    public func run(_ events: @escaping @Sendable (Event) -> Void) async throws -> [AblationResult] {
        try await render(events)
        let runs = rows.flatMap { row in (row.recipe == nil ? [0] : seeds).map { (row, $0) } }
        var results: [AblationResult] = []
        for (done, (row, seed)) in runs.enumerated() {
            try Task.checkCancellation()
            events(.began(row: row.id, seed: seed, done: done, total: runs.count))
            let result: AblationResult
            if let kept = try kept(row, seed) { result = kept } else { result = try await measured(row, seed, events) }
            results.append(result)
            events(.finished(result))
        }
        return results
    }

    private func render(_ events: @escaping @Sendable (Event) -> Void) async throws {
        var test = PuppetsPlan(seed: world.testSeed)
        (test.validation, test.heldOut) = (world.test, world.heldOut)
        for (name, plan) in [("train", PuppetsPlan(seed: world.seed, train: world.train)), ("test", test)] {
            let writer = PuppetsWriter(plan, to: URL(filePath: "\(folder)/\(name)"))
            try await writer.write(workers: ProcessInfo.processInfo.activeProcessorCount) {
                events(.rendering(done: $0, total: $1))
            }
        }
    }

    private func place(_ row: Ablation, _ seed: UInt64) -> String { "\(folder)/\(row.id)/seed-\(seed)" }

    /// A result that is there already.
    private func kept(_ row: Ablation, _ seed: UInt64) throws -> AblationResult? {
        let path = place(row, seed) + "/result.json"
        return FileManager.default.fileExists(atPath: path) ? try SortedJSON.read(from: path) : nil
    }

    private func measured(
        _ row: Ablation, _ seed: UInt64, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> AblationResult {
        let place = place(row, seed), model: MeasuredModel
        if let name = row.recipe {
            model = try await trained(try recipe(name, row, seed), place, events)
        } else {
            model = try await MeasuredModel(frozen: start)
        }
        let supervised = try await model.accuracy(on: "\(folder)/test/validation.txt")
        let zeroShot = try await model.zeroShot(on: "\(folder)/test/heldout.txt")
        let result = AblationResult(
            id: row.id, seed: seed, supervised: supervised, zeroShot: zeroShot,
            trainedParameters: model.trainedParameters, steps: model.steps, seconds: model.seconds,
            peakMemory: model.peakMemory)
        try RunFolder(place).make()
        try SortedJSON.write(result, to: place + "/result.json")
        return result
    }

    private func recipe(_ name: String, _ row: Ablation, _ seed: UInt64) throws(TrainingError) -> TrainingRecipe {
        let lists = [
            "lists.train.path=\(folder)/train/train.txt", "lists.train.classes=\(folder)/train/training_classes.txt",
            "lists.validation=", "run.seed=\(seed)", "run.evaluateEvery=0",
        ]
        return try TrainingRecipe.find(name, setting: row.assignments + lists + assignments)
    }

    private func trained(
        _ recipe: TrainingRecipe, _ place: String, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> MeasuredModel {
        ResidentMemory.forget()
        let run = TrainingRun(recipe, start: start, folder: RunFolder(place))
        let outcome = try await run.run { events(.training($0)) }
        let peak = ResidentMemory.peak
        return try await MeasuredModel(trainedIn: run.folder, recipe, outcome, peakMemory: peak, start)
    }
}
