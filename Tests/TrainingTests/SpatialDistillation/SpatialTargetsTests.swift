import ActionModels
import CLIP
import Datasets
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

/// Eight clips of Puppets and a random CLIP.
@Suite("Spatial targets of a list")
struct SpatialTargetsTests {
    private func vocabulary() throws -> SpatialVocabulary { try SpatialVocabulary.find("puppets-spatial") }

    private func prediction(_ change: (inout SpatialPrediction) -> Void = { _ in }) -> SpatialPrediction {
        var prediction = SpatialPrediction()
        prediction.frames = 3
        change(&prediction)
        return prediction
    }

    private func run(
        _ puppets: EvaluatedPuppets, _ change: (inout SpatialPrediction) -> Void = { _ in }
    ) async throws -> SpatialPredictionRun {
        try SpatialPredictionRun(
            try await puppets.frozen, try vocabulary(), prediction(change), try list(puppets))
    }

    private func list(_ puppets: EvaluatedPuppets) throws -> VideoList {
        try VideoList(reading: puppets.folder + "/train.txt")
    }

    private func problem(_ body: () async throws -> Void) async -> SpatialTargetsProblem? {
        let error = await #expect(throws: TrainingError.self) { try await body() }
        guard case .spatialTargets(_, let problem) = error else { return nil }
        return problem
    }

    @Test("are what the predictor says of each video, in half precision")
    func content() async throws {
        try await withEvaluatedPuppets { puppets in
            let run = try await run(puppets), folder = puppets.folder + "/targets", list = run.list
            let report = try await run.write(to: folder)
            #expect(report.videos == 8 && report.unreadable.isEmpty && report.groups.allSatisfy(\.isKept))
            #expect(report.groups.allSatisfy { $0.information.histogram.reduce(0, +) == 8 })
            #expect(report.groups.allSatisfy { ($0.information.information ?? -1) >= -1e-9 })
            let targets = try SpatialTargets(at: folder, for: list.samples)
            #expect(targets.manifest.videos.allSatisfy { !$0.hasPrefix("/") })
            #expect(targets.matrices.allSatisfy { $0.dtype == .float16 })
            let predictor = try await SpatialPredictor(run.model, run.vocabulary.groups, run.prediction)
            var settings = LoaderSettings()
            settings.batch = 1
            let loader = try ClipLoader(
                list.samples, evaluation: EvaluatedPuppets.settings.clips, frames: 3, imageSize: 32, settings: settings)
            for try await batch in loader.batches(epoch: 0) {
                let own = predictor.targets(of: batch.tensor(run.model.normalization))
                let kept = targets.batch(at: batch.positions)
                for (own, kept) in zip(own, kept.targets) { expectClose(kept, own, absolute: 1e-4, relative: 1e-3) }
                #expect(kept.weights.array(of: Float.self) == [1])
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/unfinished.safetensors"))
        }
    }

    @Test("have the weights and captions that the vocabulary has now, by the groups' names")
    func weighted() async throws {
        try await withEvaluatedPuppets { puppets in
            let folder = puppets.folder + "/targets", old = try vocabulary()
            _ = try await run(puppets).write(to: folder)
            let targets = try SpatialTargets(at: folder, for: try list(puppets).samples)
            #expect(targets.groups == old.groups)
            var groups = Array(old.groups.reversed().dropLast())
            for place in groups.indices {
                groups[place].weight = Double(place) + 0.5
                groups[place].caption = try #require(PromptTemplate("number \(place), {}"))
            }
            let found = targets.weighted(by: try SpatialVocabulary(name: old.name, groups: groups))
            #expect(found.groups == [old.groups[0]] + groups.reversed())
            #expect(found.manifest == targets.manifest)
        }
    }

    @Test("a video that cannot be read is listed, uniform, and counts nothing")
    func broken() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try list(puppets), folder = puppets.folder + "/targets"
            try Data("no video".utf8).write(to: URL(fileURLWithPath: list.samples[2].source.path))
            let report = try await run(puppets) { $0.target = .hard }.write(to: folder)
            #expect(report.unreadable.map(\.position) == [2])
            let targets = try SpatialTargets(at: folder, for: list.samples), batch = targets.batch(at: [1, 2])
            #expect(targets.manifest.unreadable == report.unreadable)
            #expect(batch.weights.array(of: Float.self) == [1, 0])
            for rows in batch.targets {
                expectClose(
                    rows.select(0, 1), .full([rows.shape[1]], 1 / Double(rows.shape[1])), absolute: 1e-3, relative: 0)
                #expect(rows.select(0, 0).max().item(Double.self) == 1)
            }
            for sample in list.samples { try Data().write(to: URL(fileURLWithPath: sample.source.path)) }
            let other = try await run(puppets)
            guard case .nothingReadable = await problem({ _ = try await other.write(to: puppets.folder + "/none") })
            else {
                Issue.record("another problem")
                return
            }
            #expect(!FileManager.default.fileExists(atPath: puppets.folder + "/none/manifest.json"))
        }
    }

    @Test("an interrupted run goes on to the same bytes, a finished one is found again")
    func resumed() async throws {
        try await withEvaluatedPuppets { puppets in
            let list = try list(puppets)
            try Data("no video".utf8).write(to: URL(fileURLWithPath: list.samples[1].source.path))
            let run = try await run(puppets), folders = ["one", "two"].map { puppets.folder + "/" + $0 }
            let whole = try await run.write(to: folders[0])
            let interrupted = Task {
                try await run.write(to: folders[1]) { done, _ in
                    if done == 4 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await interrupted.value }
            let draft = folders[1] + "/unfinished.safetensors"
            #expect(try StateFile.read(draft).tensor("positions").array(of: Int.self) == [0, 2, 3])
            let others = try await self.run(puppets) { $0.frames = 2 }
            guard case .otherSettings = await problem({ _ = try await others.write(to: folders[1]) }) else {
                Issue.record("another problem")
                return
            }
            #expect(try await run.write(to: folders[1]) == whole)
            for name in ["spatial_targets.safetensors", "manifest.json", "report.json"] {
                let files = folders.map { FileManager.default.contents(atPath: "\($0)/\(name)") }
                #expect(files[0] == files[1] && files[0] != nil, "\(name)")
            }
            #expect(try await run.write(to: folders[1]) == whole)
            for (change, words) in [
                ({ $0.temperature = 2 }, "temperature: 1.0 there, 2.0 here"), ({ $0.target = .hard }, "target: soft"),
                ({ $0.actionMixing = 0.5 }, "action mixing"),
            ] as [((inout SpatialPrediction) -> Void, String)] {
                let other = try await self.run(puppets, change)
                let found = await problem { _ = try await other.write(to: folders[0]) }
                #expect(found?.description.contains(words) == true, "\(String(describing: found))")
            }
        }
    }

    @Test("groups that say too little are left out")
    func leftOut() async throws {
        try await withEvaluatedPuppets { puppets in
            let folder = puppets.folder + "/some"
            let plain = try await run(puppets).write(to: puppets.folder + "/all")
            let known = plain.groups.compactMap(\.information.information).sorted()
            let threshold = (known[2] + known[3]) / 2
            let report = try await run(puppets) { $0.minInformation = threshold }.write(to: folder)
            #expect(report.groups.filter(\.isKept).count == 3)
            let targets = try SpatialTargets(at: folder, for: try list(puppets).samples)
            #expect(targets.manifest.vocabulary.groups.map(\.name) == report.groups.filter(\.isKept).map(\.name))
            #expect(targets.matrices.count == 3)
            let nothing = try await run(puppets) { $0.minInformation = 10 }
            guard case .nothingLeft = await problem({ _ = try await nothing.write(to: puppets.folder + "/no") }) else {
                Issue.record("another problem")
                return
            }
        }
    }

    @Test("belong to the videos of their list, wherever it lies")
    func otherLists() async throws {
        try await withEvaluatedPuppets { puppets in
            let folder = puppets.folder + "/targets", samples = try list(puppets).samples
            _ = try await run(puppets).write(to: folder)
            let moved = samples.map { sample in
                VideoSample(
                    source: .file(sample.source.path.replacing(puppets.folder, with: "/elsewhere/data")),
                    labels: sample.labels)
            }
            _ = try SpatialTargets(at: folder, for: moved)
            var swapped = samples
            swapped.swapAt(3, 5)
            for (samples, words) in [(Array(samples.dropLast()), "7 videos"), (swapped, "video 4"), ([], "0 videos")] {
                let found = await problem { _ = try SpatialTargets(at: folder, for: samples) }
                #expect(found?.description.contains(words) == true, "\(String(describing: found))")
            }
        }
    }

    @Test("damaged folders are refused")
    func damaged() async throws {
        try await withEvaluatedPuppets { puppets in
            let folder = puppets.folder + "/targets", samples = try list(puppets).samples
            guard case .notTargets = await problem({ _ = try SpatialTargets(at: folder, for: samples) }) else {
                Issue.record("another problem")
                return
            }
            _ = try await run(puppets).write(to: folder)
            let file = folder + "/spatial_targets.safetensors", manifest = folder + "/manifest.json"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            let text = try String(contentsOfFile: manifest, encoding: .utf8)
            let tensors = try StateFile.read(file).loadedTensors()
            func refused(_ name: String) async {
                _ = await problem { _ = try SpatialTargets(at: folder, for: samples) }
            }
            for length in [0, 8, 100, bytes.count - 1] {
                try bytes.prefix(length).write(to: URL(fileURLWithPath: file))
                await refused("cut to \(length)")
            }
            let place = try #require(tensors["place"])
            for changed in [
                place.to(dtype: .float32), place.slice(0, 0..<7), place * 2, place * 0, place / 0,
                place.flipped(0),
            ] {
                var others = tensors
                others["place"] = changed
                try StateFile.write(others, to: file)
                await refused("changed")
            }
            try StateFile.write(tensors.filter { $0.key != "place" }, to: file)
            await refused("a group less")
            try bytes.write(to: URL(fileURLWithPath: file))
            _ = try SpatialTargets(at: folder, for: samples)
            for (old, new) in [
                ("verb-spatial-targets", "other"), ("\"version\" : 1", "\"version\" : 2"), ("\"videos\"", "\"video\""),
                (
                    "\"unreadable\" : [",
                    "\"unreadable\" : [{\"path\": \"x\", \"reason\": \"\", \"labels\": [], \"position\": 99}"
                ),
                (text, ""), ("\"red\"", "\"scarlet\", \"red\""),
            ] {
                #expect(text.contains(old))
                try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(
                    to: URL(fileURLWithPath: manifest))
                await refused(old)
            }
        }
    }

    @Test("what cannot be asked is refused before anything is computed")
    func refused() async throws {
        try await withEvaluatedPuppets { puppets in
            let model = try await puppets.frozen, list = try list(puppets)
            #expect(throws: TrainingError.self) {
                try SpatialPredictionRun(model, try vocabulary(), prediction { $0.frames = 0 }, list)
            }
            #expect(throws: TrainingError.self) {
                try SpatialPredictionRun(model, try vocabulary(), prediction { $0.temperatures = ["no": 1] }, list)
            }
            let group = SpatialGroup("g", .single, templates: [.bare], labels: ["Sitting down", "x"])
            #expect(throws: TrainingError.self) {
                try SpatialPredictionRun(
                    model, try SpatialVocabulary(name: "leak", groups: [group]), prediction(), list)
            }
            let bare = puppets.folder + "/bare.txt"
            let paths = list.samples.map(\.source.path).joined(separator: "\n")
            try Data(paths.utf8).write(to: URL(fileURLWithPath: bare))
            let unlabelled = try VideoList(reading: bare)
            #expect(throws: TrainingError.self) {
                try SpatialPredictionRun(model, try vocabulary(), prediction { $0.actionMixing = 0.5 }, unlabelled)
            }
            let report = try await SpatialPredictionRun(model, try vocabulary(), prediction(), unlabelled)
                .write(to: puppets.folder + "/bare-targets")
            #expect(report.groups.allSatisfy { $0.information.information == nil })
            let trained = try await puppets.actionCLIP()
            let other = try SpatialPredictionRun(trained, try vocabulary(), prediction(), list)
            await #expect(throws: TrainingError.self) { _ = try await other.write(to: puppets.folder + "/other") }
            let run = try await run(puppets)
            try Data().write(to: URL(fileURLWithPath: puppets.folder + "/file"))
            guard case .unwritable = await problem({ _ = try await run.write(to: puppets.folder + "/file/x") }) else {
                Issue.record("another problem")
                return
            }
        }
    }

    @Test("prototypes of the student: unit, the same in parts, with gradients where they are wanted")
    @TorchActor
    func prototypes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "prototypes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tiny = try TinyModel(in: folder)
        let built = try Parameters.build(.random(Generator(seed: 5))) { CLIPModel($0, tiny.checkpoint.configuration) }
        let text = built.model.text, groups = try vocabulary().groups
        let texts = try SpatialTexts(groups, tokenizer: tiny.tokenizer, contextLength: text.sizes.contextLength)
        let found = texts.prototypes(text)
        #expect(found.map(\.shape) == groups.map { [$0.labels.count, 16] })
        for (group, rows) in zip(groups, found) {
            let sentences = group.templates.map { template in group.labels.map { template($0) } }
            let unit = try sentences.map { sentences in
                let ids = try tiny.tokenizer(sentences, contextLength: text.sizes.contextLength, truncating: true)
                return text(Tensor(ids.flatMap(\.self), shape: [ids.count, text.sizes.contextLength])).normalized()
            }
            expectClose(rows, Tensor.stacked(unit).mean(0).normalized(), absolute: 1e-5)
        }
        let many = SpatialGroup(
            "many", .single, templates: [.bare, .person], labels: (0..<200).map { "label \($0)" })
        let large = try SpatialTexts([many], tokenizer: tiny.tokenizer, contextLength: text.sizes.contextLength)
        #expect(large.prototypes(text)[0].shape == [200, 16])
        built.parameters.train { _ in true }
        texts.prototypes(text)[0].sum().backward()
        #expect(built.parameters["token_embedding.weight"]?.gradient != nil)
    }
}
