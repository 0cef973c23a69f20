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
        public var train = 5880
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
        /// The small CLIP is being pretrained.
        case pretraining(Pretraining.Progress)
        /// A run begins: which, and how many are done of how many.
        case began(row: String, seed: UInt64, done: Int, total: Int)
        /// So many rounds of a measurement of latencies are done.
        case measuring(done: Int, total: Int)
        /// Something in a run.
        case training(TrainingRun.Event)
        /// A run is done.
        case finished(AblationResult)
    }

    /// The rows.
    public var rows: [Ablation]
    /// The seeds of each.
    public let seeds: [UInt64]
    /// How large the world is.
    public let world: World
    /// The folder of clips, runs and results.
    public let folder: String
    /// The frozen CLIP.
    public let start: StartingPoint
    /// The small CLIP of students; nil pretrains one in the folder.
    public var student: StartingPoint?
    /// How a small CLIP is pretrained.
    public var studentRecipe = Self.smallCLIP
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
    /// Several processes may share a folder when they run different rows; what all rows need is made by one of them.
    ///
    /// - Parameter events: told what happens.
    /// - Throws: what training throws; results that are done stay.
    public func run(_ events: @escaping @Sendable (Event) -> Void) async throws {
        try await checkStart()
        try await render(events)
        let small = try await prepareStudents(events)
        let runs = runs(of: rows)
        for (done, (row, seed)) in runs.enumerated() {
            try Task.checkCancellation()
            events(.began(row: row.id, seed: seed, done: done, total: runs.count))
            events(.finished(try await result(of: row, seed, small, events)))
        }
    }

    /// What the folder holds of the table: results of these rows and of all others, made with the same recipes on the
    /// same clips.
    ///
    /// - Parameter table: the rows of the whole table.
    /// - Returns: the results, row after row and seed after seed.
    public func results(of table: [Ablation] = Ablation.puppets) async -> [AblationResult] {
        let small = try? await smallStart()
        return runs(of: table).compactMap { row, seed in
            do { return try kept(row, seed, try run(row, seed, small)) } catch { return nil }
        }
    }

    /// Whether the folder holds a whole table.
    ///
    /// - Parameters:
    ///   - results: what the folder holds.
    ///   - table: the rows of the table.
    /// - Returns: true if every row has every seed.
    public func isComplete(_ results: [AblationResult], of table: [Ablation] = Ablation.puppets) -> Bool {
        results.count == runs(of: table).count
    }

    private func runs(of rows: [Ablation]) -> [(Ablation, UInt64)] {
        rows.flatMap { row in (row.recipe == nil ? [0] : seeds).map { (row, $0) } }
    }

    /// Refuses a folder whose results began at another CLIP.
    private func checkStart() async throws {
        let path = "\(folder)/start.json", own = await start.digest
        if FileManager.default.fileExists(atPath: path) {
            let found: String = try SortedJSON.read(from: path)
            guard found == own else {
                throw TrainingError.badRecipe(
                    "\(folder) holds runs that began at another frozen CLIP; choose another folder of runs")
            }
        } else {
            try RunFolder(folder).make()
            try SortedJSON.write(own, to: path)
        }
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

    /// The folder of a run.
    func place(_ row: String, _ seed: UInt64) -> String { "\(folder)/\(row)/seed-\(seed)" }

    private func result(
        of row: Ablation, _ seed: UInt64, _ small: StartingPoint?, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> AblationResult {
        var run = try run(row, seed, small)
        if let kept = try kept(row, seed, run) { return kept }
        if let teacher = row.teacher { run?.teacher = try await self.teacher(teacher, seed) }
        run?.spatialModel = start
        return try await measured(row, seed, run, events)
    }

    func run(
        _ row: Ablation, _ seed: UInt64, _ small: StartingPoint?
    ) throws(TrainingError) -> TrainingRun? {
        guard let name = row.recipe else { return nil }
        let start = row.startsSmall ? small ?? start : start
        return TrainingRun(
            try recipe(name, row, seed, start), start: start, folder: RunFolder(place(row.id, seed)))
    }

    /// A result that is there already, if it is one of this recipe in this world.
    private func kept(_ row: Ablation, _ seed: UInt64, _ run: TrainingRun?) throws -> AblationResult? {
        let path = place(row.id, seed) + "/result.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        try run?.checkFolder()
        let result: AblationResult = try SortedJSON.read(from: path)
        guard result.world == world else {
            throw TrainingError.badRecipe(
                "\(path) was measured on other clips (\(result.world.train) to train on, \(result.world.test) and "
                    + "\(result.world.heldOut) to test on); choose another folder of runs, or the same numbers of clips"
            )
        }
        return result
    }

    private func measured(
        _ row: Ablation, _ seed: UInt64, _ run: TrainingRun?, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> AblationResult {
        let model = if let run { try await trained(run, events) } else { try await MeasuredModel(frozen: start) }
        let (supervised, fusions) = try await model.supervised(on: "\(folder)/test/validation.txt")
        let zeroShot = try await model.zeroShot(on: "\(folder)/test/heldout.txt")
        var result = AblationResult(
            id: row.id, seed: seed, world: world, supervised: supervised, zeroShot: zeroShot,
            trainedParameters: model.trainedParameters, steps: model.steps, seconds: model.seconds,
            peakMemory: model.peakMemory)
        result.fusions = fusions
        let place = RunFolder(place(row.id, seed))
        try place.make()
        try SortedJSON.write(result, to: place.path + "/result.json")
        return result
    }

    private func recipe(
        _ name: String, _ row: Ablation, _ seed: UInt64, _ start: StartingPoint
    ) throws(TrainingError) -> TrainingRecipe {
        let lists = [
            "lists.train.path=\(folder)/train/train.txt", "lists.train.classes=\(folder)/train/training_classes.txt",
            "lists.validation=", "run.seed=\(seed)", "run.evaluateEvery=0",
        ]
        let features =
            try TrainingRecipe.find(name).run.features == nil
            ? [] : ["run.features.folder=\(folder)/\(row.id)/features"]
        return try TrainingRecipe.find(
            name, setting: try studentAssignments(row, seed, start) + row.assignments + lists + features + assignments)
    }

    private func trained(
        _ run: TrainingRun, _ events: @escaping @Sendable (Event) -> Void
    ) async throws -> MeasuredModel {
        ResidentMemory.forget()
        try await run.prepare { events(.training($0)) }
        let outcome = try await run.run { events(.training($0)) }
        return try await MeasuredModel(
            trainedIn: run.folder, run.recipe, outcome, peakMemory: ResidentMemory.peak, run.start)
    }
}
