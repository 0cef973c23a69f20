import ActionModels
import Datasets
import Foundation
import Testing
import Torch
import Training

/// Each protocol from clips to figures, against the same figures by hand from one table of scores.
@Suite("Protocols from clips to figures")
struct EvaluationProtocolTests {
    private func outcome(
        _ method: EvaluationProtocol, _ lists: [EvaluationList], _ models: [EvaluationModel],
        draws: [TrainedDraw] = [], halves: ClassHalves? = nil, baseline: EvaluationModel? = nil
    ) async throws -> EvaluationOutcome {
        var evaluation = try Evaluation(method, lists, EvaluatedPuppets.settings)
        evaluation.halves = halves
        var scores: [EvaluationScores] = []
        for model in models { scores.append(try await evaluation.scores(of: model)) }
        var frozen: EvaluationScores?
        if let baseline { frozen = try await evaluation.scores(of: baseline) }
        return try EvaluationOutcome(evaluation, scores, draws: draws, baseline: frozen)
    }

    /// The share of rows whose own class beats all others among some classes; rows of other classes do not count.
    private func accuracy(_ table: ClipScores, among classes: [Int]) -> Double {
        let rows = table.labels.indices.filter { classes.contains(table.labels[$0][0]) }
        let hits = rows.count { row in
            let own = table.labels[row][0]
            return classes.allSatisfy { $0 == own || table.scores[row][$0] < table.scores[row][own] }
        }
        return Double(hits) / Double(rows.count)
    }

    @Test("supervised and full")
    func whole() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), model = try await puppets.frozen
            for method in [EvaluationProtocol.supervised, .zeroShotFull] {
                let found = try await outcome(method, [list], [model])
                #expect(found.result.top1.values == [accuracy(found.models[0].tables[0], among: Array(0..<8))])
                #expect(found.result.parts[0].report.withinPairs != nil && found.baselineResult == nil)
            }
        }
    }

    @Test("splits")
    func splits() async throws {
        try await withEvaluatedPuppets { puppets in
            let held = try EvaluationList(VideoList(reading: puppets.folder + "/heldout.txt"))
            let lists = [try puppets.train(onlyOccurring: false), held]
            let found = try await outcome(.zeroShotSplits, lists, [try await puppets.frozen])
            let classes = Array(try #require(held.classes).names.indices)
            #expect(found.result.top1.values == found.models[0].tables.map { accuracy($0, among: classes) })
            #expect(found.result.parts.map(\.report.videos) == [8, 4])
        }
    }

    @Test("halves of the classes, drawn as the protocol draws them")
    func half() async throws {
        try await withEvaluatedPuppets { puppets in
            let found = try await outcome(.zeroShotHalf, [try puppets.train()], [try await puppets.frozen])
            let table = found.models[0].tables[0]
            let wanted = (0..<10).map { accuracy(table, among: HalfClasses(trial: $0, classes: 8).chosen) }
            #expect(found.result.top1.values == wanted && Set(wanted).count > 1)
            #expect(found.result.parts.allSatisfy { $0.report.classes == 4 && $0.report.videos == 4 })
        }
    }

    @Test("few shots: a part a model, and the frozen model without any")
    func fewShot() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), names = try #require(list.classes).names
            let models = [try await puppets.probe(names, classes: 8), try await puppets.actionCLIP()]
            let draws = [TrainedDraw(shots: 2, name: "one"), TrainedDraw(shots: 4, name: "two")]
            let found = try await outcome(
                .fewShot, [list], models, draws: draws, baseline: try await puppets.frozen)
            #expect(found.models.map(\.head) == [.classes, .texts])
            #expect(found.result.parts.map(\.name) == ["2 shots, one", "4 shots, two"])
            #expect(found.result.top1.values[0] == accuracy(found.models[0].tables[0], among: Array(0..<8)))
            #expect(found.baselineResult?.protocol == .zeroShotFull)
            await #expect(throws: TrainingError.self) { try await outcome(.fewShot, [list], models) }
            await #expect(throws: TrainingError.self) { try await outcome(.supervised, [list], models) }
        }
    }

    @Test("base and novel classes, each among its own")
    func baseToNovel() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), names = try #require(list.classes).names
            let halves = ClassHalves(
                base: try ClassList([6, 1, 3, 4].map { names[$0] }), novel: try ClassList([0, 2, 7].map { names[$0] }))
            let models = [try await puppets.frozen, try await puppets.actionCLIP()]
            let found = try await outcome(.baseToNovel, [list], models, halves: halves)
            let tables = found.models.map { $0.tables[0] }
            let base = tables.map { accuracy($0, among: [1, 3, 4, 6]) }
            let novel = tables.map { accuracy($0, among: [0, 2, 7]) }
            #expect(found.result.top1.values == base + novel)
            let (b, n) = ((base[0] + base[1]) / 2, (novel[0] + novel[1]) / 2)
            #expect(abs(try #require(found.result.harmonicMean) - BaseToNovel.harmonicMean(base: b, novel: n)) < 1e-12)
            await #expect(throws: TrainingError.self) { try await outcome(.baseToNovel, [list], models) }
            let foreign = ClassHalves(base: try ClassList(["skiing"]), novel: halves.novel)
            await #expect(throws: DatasetError.self) {
                try await outcome(.baseToNovel, [list], models, halves: foreign)
            }
        }
    }

    @Test("a manifest says everything, equal evaluations say the same, and a page comes of it")
    func manifest() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), model = try await puppets.actionCLIP(), frozen = try await puppets.frozen
            var manifests: [EvaluationManifest] = []
            for _ in 0..<2 {
                let found = try await outcome(.supervised, [list], [model], baseline: frozen)
                manifests.append(await found.manifest(command: ["verb", "evaluate"], version: "1"))
            }
            #expect(manifests[0].unstated.isEmpty && manifests[0] == manifests[1])
            #expect(manifests[0].models[0].kind == "actionclip" && manifests[0].baselineModel?.kind == "clip")
            #expect(manifests[0].models[0].templates.count == 16 && manifests[0].clips.sampling == "segments")
            let found = try await outcome(.supervised, [list], [model], baseline: frozen)
            let page = try found.report(manifests[0]).html()
            #expect(page.contains("Confusion matrix") && page.contains(manifests[0].lists[0].listDigest))
            let part = try await outcome(.zeroShotHalf, [list], [model])
            let half = try part.report(await part.manifest(command: ["verb"], version: "1"))
            #expect(half.classification?.classes == 4)
        }
    }
}
