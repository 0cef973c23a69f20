import ActionModels
import CLIP
import Datasets
import Foundation
import Synchronization
import Testing
import Torch
import Video

@testable import Training

@Suite("Evaluation of models on lists")
struct EvaluationTests {
    @Test("equals the towers' cosines, straight from the frames")
    func direct() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), model = try await puppets.frozen
            let evaluation = try Evaluation(.supervised, [list], EvaluatedPuppets.settings)
            let table = try await evaluation.scores(of: model).tables[0]
            let names = try #require(list.classes).names
            #expect(table.classes == names && table.positions == Array(0..<8) && table.kind == .logits)
            for (row, sample) in list.samples.enumerated() {
                let wanted = try cosines(sample.source.path, names, puppets.clip)
                let scale = 1 / 0.07  // a CLIP's scale before training
                #expect(zip(table.scores[row], wanted).allSatisfy { abs($0 - scale * $1) < 1e-3 })
                #expect(table.labels[row] == sample.labels)
            }
        }
    }

    /// The cosines of a clip and class names, frame by frame.
    private func cosines(_ path: String, _ names: [String], _ model: TinyModel) throws -> [Double] {
        let clip = try model.checkpoint.model().model, input = Preprocessing(imageSize: 32).input
        let file = try VideoFile(path: path)
        let indices = (0..<3).map { ((2 * $0 + 1) * file.count - 3) / 6 }
        return try withoutGradient {
            let video = Tensor.concatenated(try file.frames(at: indices).map { clip.encodeImage(input([$0])) }).mean(0)
            let tokens = try model.tokenizer(names.map { "a video of a person \($0)" }, contextLength: 40)
            return tokens.map { row in
                let text = clip.encodeText(Tensor(row, shape: [1, row.count])).squeezed(0)
                return video.cosineSimilarity(text).item(Double.self)
            }
        }
    }

    @Test("several views and templates give the probabilities that the model gives itself", arguments: [false, true])
    func views(_ isActionCLIP: Bool) async throws {
        try await withEvaluatedPuppets { puppets in
            let model = isActionCLIP ? try await puppets.actionCLIP() : try await puppets.frozen
            var settings = EvaluatedPuppets.settings
            settings.clips.sampling = .dense(stride: 3)
            (settings.clips.temporalViews, settings.clips.crops) = (2, 3)
            settings.templates = ["a {}", "the {} of it"].compactMap(PromptTemplate.init)
            let list = try puppets.train()
            let table = try await Evaluation(.supervised, [list], settings).scores(of: model).tables[0]
            #expect(table.views == (isActionCLIP ? 12 : 6))
            let texts = LabelTexts(
                names: table.classes, templates: settings.templates, tokenizer: puppets.clip.tokenizer)
            let labels = try await LabelQuestion.texts(texts).labels(for: model.model)
            let loader = try ClipLoader(
                list.samples, evaluation: settings.clips, frames: 3, imageSize: 32, settings: LoaderSettings())
            var wanted: [Double] = []
            for try await batch in loader.batches(epoch: 0) {
                wanted += try await Self.probabilities(model, labels, batch)
            }
            let found = table.probabilities.flatMap(\.self)
            #expect(found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test("two heads are fused as the model's folder says, and the manifest says how", arguments: ViewFusion.allCases)
    func twoHeads(_ fusion: ViewFusion) async throws {
        try await withEvaluatedPuppets { puppets in
            let model = try await puppets.twoHeaded(fusion), list = try puppets.train()
            var settings = EvaluatedPuppets.settings
            (settings.clips.sampling, settings.clips.temporalViews) = (.dense(stride: 3), 2)
            let evaluation = try Evaluation(.supervised, [list], settings)
            let scores = try await evaluation.scores(of: model), table = scores.tables[0]
            let outcome = try EvaluationOutcome(evaluation, [scores], baseline: nil)
            let manifest = await outcome.manifest(command: ["verb"], version: "1")
            #expect(manifest.models[0].fusion == fusion)
            #expect(scores.fusions.count == 1 && manifest.fusions == scores.fusions)
            #expect(Set(scores.fusions[0].keys) == Set(ViewFusion.allCases.map(\.rawValue)))
            #expect(scores.fusions[0][fusion.rawValue] == outcome.result.top1.mean)
            #expect(table.views == 2 * 16 * (fusion == .averageProbabilities ? 2 : 1))
            let texts = LabelTexts(names: table.classes, tokenizer: puppets.clip.tokenizer)
            let labels = try await LabelQuestion.texts(texts).labels(for: model.model)
            let loader = try ClipLoader(
                list.samples, evaluation: settings.clips, frames: 3, imageSize: 32, settings: LoaderSettings())
            var wanted: [Double] = []
            for try await batch in loader.batches(epoch: 0) {
                wanted += try await Self.probabilities(model, labels, batch)
            }
            let found = table.probabilities.flatMap(\.self)
            #expect(found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @TorchActor
    private static func probabilities(
        _ model: EvaluationModel, _ labels: ActionLabels, _ batch: ClipBatch
    ) throws -> [Double] {
        let clips = batch.tensor(model.normalization)
        let views = clips.reshaped([batch.positions.count, batch.views] + clips.shape[1...])
        return withoutGradient { model.model.probabilities(of: labels, views: views).array(of: Double.self) }
    }

    @Test("videos that cannot be read are listed and wrong, and a second figure leaves them out")
    func broken() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), evaluation = try Evaluation(.supervised, [list], EvaluatedPuppets.settings)
            let model = try await puppets.frozen
            let whole = try await evaluation.scores(of: model).tables[0]
            try Data("no video".utf8).write(to: URL(fileURLWithPath: list.samples[2].source.path))
            try FileManager.default.removeItem(atPath: list.samples[5].source.path)
            let scores = try await evaluation.scores(of: model)
            let table = scores.tables[0]
            #expect(table.unreadable.map(\.position) == [2, 5] && table.positions == [0, 1, 3, 4, 6, 7])
            #expect(table.unreadable.map(\.labels) == [[2], [5]] && table.unreadable.allSatisfy { !$0.reason.isEmpty })
            #expect(table.scores == [0, 1, 3, 4, 6, 7].map { whole.scores[$0] })
            let report = try evaluation.result([scores]).parts[0].report
            let hits = table.scores.indices.count { row in
                table.scores[row].indices.allSatisfy { other in
                    other == table.labels[row][0] || table.scores[row][other] < table.scores[row][table.labels[row][0]]
                }
            }
            #expect(report.videos == 8 && report.top1OverAll == Double(hits) / 8 && report.top1 == Double(hits) / 6)
            for sample in list.samples { try? FileManager.default.removeItem(atPath: sample.source.path) }
            let nothing = try await evaluation.scores(of: model)
            let empty = try evaluation.result([nothing]).parts[0].report
            #expect(empty.unreadable == 8 && empty.top1OverAll == 0 && empty.top5OverAll == 0)
        }
    }

    @Test("videos of several lists are encoded once, and each list has its own")
    func pool() async throws {
        try await withEvaluatedPuppets { puppets in
            let all = try puppets.train()
            let path = puppets.folder + "/train.txt"
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
            let lists = try [[0, 1, 2], [2, 5, 1, 2]].map { try puppets.list($0.map { lines[$0] }) }
            let settings = EvaluatedPuppets.settings, model = try await puppets.frozen
            let counts = Mutex<[Int]>([])
            let scores = try await Evaluation(.zeroShotSplits, lists, settings).scores(of: model) { done, total in
                counts.withLock { $0 += [done, total] }
            }
            #expect(counts.withLock { $0 } == [1, 4, 2, 4, 3, 4, 4, 4])
            #expect(scores.tables.map(\.positions) == [[0, 1, 2], [0, 1, 2, 3]])
            let single = try await Evaluation(.supervised, [try puppets.train(onlyOccurring: false)], settings)
                .scores(of: model)
            #expect(scores.tables[1].scores == [2, 5, 1, 2].map { single.tables[0].scores[$0] })
            #expect(scores.tables[1].labels == [2, 5, 1, 2].map { all.samples[$0].labels })
            #expect(scores.indicesDigests[0] != scores.indicesDigests[1])
        }
    }

    @Test("trained classes are found by name, whatever their order, and classes without videos need none")
    func trainedClasses() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(onlyOccurring: false), names = Puppets.actions.prefix(8).map(\.name)
            let order = [3, 1, 7, 0, 2, 6, 5, 4]
            let settings = EvaluatedPuppets.settings
            let named = try await puppets.probe(order.map { names[$0] }, classes: 8)
            let evaluation = try Evaluation(.supervised, [list], settings)
            let scores = try await evaluation.scores(of: named)
            #expect(scores.head == .classes && scores.tables[0].classes == order.map { names[$0] })
            #expect(scores.tables[0].labels == (0..<8).map { [order.firstIndex(of: $0) ?? -1] })
            let other = try await puppets.probe(["x"] + order.dropFirst().map { names[$0] }, classes: 8)
            let error = await #expect(throws: DatasetError.self) { try await evaluation.scores(of: other) }
            #expect(error?.description.contains(names[3]) == true)
            // Numbers without names are the model's only if there are as many.
            let unnamed = try await puppets.probe(nil, classes: 8)
            await #expect(throws: DatasetError.self) { try await evaluation.scores(of: unnamed) }
            let same = try Evaluation(.supervised, [try puppets.train()], settings)
            #expect(try await same.scores(of: unnamed).tables[0].labels == (0..<8).map { [$0] })
        }
    }

    @Test("a model is only asked what it can answer")
    func heads() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try puppets.train(), frozen = try await puppets.frozen
            let probe = try await puppets.probe(nil, classes: 8)
            var settings = EvaluatedPuppets.settings
            for method in EvaluationProtocol.allCases {
                let evaluation = try Evaluation(method, [list], settings)
                #expect(try evaluation.head(of: frozen) == .texts)
                let isTrained = method == .supervised || method == .fewShot
                #expect((try? evaluation.head(of: probe)) == (isTrained ? .classes : nil))
                if isTrained { continue }
                let error = #expect(throws: TrainingError.self) { try evaluation.head(of: probe) }
                #expect(error?.description.contains("no text tower") == true)
            }
            settings.head = .classes
            #expect(throws: TrainingError.self) { try Evaluation(.supervised, [list], settings).head(of: frozen) }
            #expect(throws: TrainingError.self) { try Evaluation(.supervised, [list, list], settings) }
            #expect(throws: TrainingError.self) { try Evaluation(.zeroShotSplits, [], settings) }
        }
    }

    @Test("lists without names of classes, or without labels, are refused")
    func lists() async throws {
        try await withEvaluatedPuppets { puppets in
            let folder = puppets.folder + "/elsewhere"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/list.txt"
            try Data("a.mp4 0\nb.mp4 1\n".utf8).write(to: URL(fileURLWithPath: path))
            let list = try EvaluationList(VideoList(reading: path))
            let evaluation = try Evaluation(.zeroShotFull, [list], EvaluatedPuppets.settings)
            let model = try await puppets.frozen
            let error = await #expect(throws: DatasetError.self) { try await evaluation.scores(of: model) }
            #expect(error?.description.contains("--classes") == true)
            #expect(throws: DatasetError.self) { try EvaluationList(VideoList(reading: path), onlyOccurring: true) }
            try Data("a.mp4 0\nb.mp4\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: DatasetError.self) { try EvaluationList(VideoList(reading: path)) }
        }
    }

    @Test("clips by default are those of the methods' released models")
    func released() throws {
        for (kind, name) in [
            (ActionModelKind.actionCLIP, "actionclip-b16-k400-8f"), (.evl, "evl-b16-k400-8f"),
            (.stAdapter, "st-adapter-b16-12x384-k400"), (.m2CLIP, "m2clip-b16-12x384-k400"),
        ] {
            let preset = try Preset.named(name)
            let clips = EvaluationClips.released(for: kind, preset.model.configuration.referencePreprocessing)
            #expect(clips == preset.data?.evaluation, "\(name)")
        }
        let own = EvaluationClips.released(for: .clip, Preprocessing(imageSize: 64))
        #expect(own == EvaluationClips(sampling: .segments, shortSide: 64, resize: .pillowBicubic))
    }
}
