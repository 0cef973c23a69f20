import ActionModels
import CLIP
import Foundation
import Recognition
import Testing
import Torch
import Video

@Suite("Recognising with every kind of video model")
struct VideoModelTests {
    private static let clip: CLIPConfiguration = {
        var configuration = TestModel.configuration
        configuration.vision.blocks = TransformerConfiguration(width: 64, layers: 2, heads: 1)
        configuration.text.blocks = TransformerConfiguration(width: 64, layers: 2, heads: 1)
        configuration.embedDim = 64
        return configuration
    }()

    private static let classNames = ["waving", "bowing", "jumping"]

    private static let models: [ActionModelConfiguration] = {
        var evl = EVLConfiguration(vision: clip.vision, frames: 4, classes: 3)
        evl.decoderLayers = 2
        var adapter = STAdapterConfiguration(vision: clip.vision, frames: 4, classes: 3, placement: .beforeMLP)
        adapter.adapterWidth = 8
        return [
            .actionCLIP(ActionCLIPConfiguration(clip: clip, frames: 4)),
            .m2CLIP(M2CLIPConfiguration(clip: clip, frames: 4, classes: 3, labelWords: 5)), .evl(evl),
            .stAdapter(adapter),
        ]
    }()

    /// Writes a model of random weights and gives its path.
    private func write(_ configuration: ActionModelConfiguration, _ folder: String) async throws -> String {
        try await TorchThread.run {
            let parameters = try Parameters.build(.random(Generator(seed: 3))) { configuration.model($0) }.parameters
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing,
                classNames: configuration.classes.map { Array(Self.classNames.prefix($0)) },
                vocabulary: configuration.text == nil ? nil : TestModel.vocabulary)
            try ActionModelDirectory.write(contents, tensors: parameters.tensors, to: folder + "/model")
        }
        return folder + "/model"
    }

    private func load(_ path: String, _ options: ActionModelOptions = .init()) async throws -> RecognitionModel {
        try await ModelLibrary(environment: [:]).load(.path(path), options: options)
    }

    /// What the package's protocol gives for one clip, straight from the model.
    private static func probabilities(
        of labels: LabelSet?, _ frames: [Frame], _ model: RecognitionModel
    ) throws -> [Double] {
        let pixels = model.preprocessing.input(frames).unsqueezed(0)
        let features = withoutGradient { model.model.features(of: pixels) }
        guard let labels, let text = model.model.text, let scoring = model.model.textScoring else {
            return model.model.probabilities(of: .trained, for: features).array(of: Double.self)
        }
        let sentences = scoring.templates.flatMap { template in labels.names.map { template($0) } }
        let tokenizer = try #require(model.tokenizer)
        let rows = try tokenizer(sentences, contextLength: 40)
        let tokens = Tensor(rows.flatMap(\.self), shape: [rows.count, 40])
        let texts = withoutGradient { LabelFeatures(text(tokens), labels: labels.count) }
        return withoutGradient {
            model.model.probabilities(of: .texts(texts), for: features).array(of: Double.self)
        }
    }

    @Test("a video is recognised from the model's directory", arguments: models)
    func directory(_ configuration: ActionModelConfiguration) async throws {
        try await TestModel.inFolder { folder in
            let model = try await load(write(configuration, folder))
            let video = try TestModel.video(in: folder, frames: 20)
            let labels = try configuration.text == nil ? nil : LabelSet(["waving", "jumping"])
            let session = try await Session(model, model.question(labels: labels))
            #expect(session.frames == 4)
            let result = try await session.recognize(video, frames: 4)
            #expect(Set(result.predictions.map(\.label)) == Set(labels?.names ?? Self.classNames))
            #expect(abs(result.predictions.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
            // The protocol of the package, on the same pictures.
            let frames = try VideoFile(path: video).frames(at: [2, 7, 12, 17])
            let names = labels?.names ?? Self.classNames
            let expected = try await TorchThread.run { try Self.probabilities(of: labels, frames, model) }
            #expect(expected.count == names.count)
            for (name, probability) in zip(names, expected) {
                let own = try #require(result.predictions.first { $0.label == name })
                #expect(abs(own.probability - probability) < 1e-5)
            }
        }
    }

    @Test("the reference's checkpoint on a CLIP gives what the directory gives", arguments: models)
    func released(_ configuration: ActionModelConfiguration) async throws {
        try await TestModel.inFolder { folder in
            let directory = try await write(configuration, folder)
            let (released, backbone, vocabulary) = (folder + "/r.pt", folder + "/clip", folder + "/tokenizer.json")
            try TestModel.vocabulary.write(to: URL(fileURLWithPath: vocabulary))
            let isWhole = try await TorchThread.run {
                let clip = try Parameters.build(.random(Generator(seed: 4))) { CLIPModel($0, Self.clip) }.parameters
                try ModelDirectory.write(
                    to: backbone, configuration: Self.clip,
                    preprocessing: Preprocessing(imageSize: Self.clip.vision.imageSize), tensors: clip.tensors)
                // The same CLIP below both.
                let stored = try ActionModelCheckpoint(path: directory)
                let tensors = stored.tensors.merging(configuration.backbone(clip.tensors)) { _, own in own }
                try FileManager.default.removeItem(atPath: directory)
                let contents = ActionModelDirectory.Contents(
                    configuration: configuration, preprocessing: stored.preprocessing, classNames: stored.classNames)
                try ActionModelDirectory.write(contents, tensors: tensors, to: directory)
                let value = try #require(configuration.released(tensors))
                try StateFile.writeTorch(value, to: released)
                let found = try #require(try ReleasedCheckpoint(path: released))
                return found.isWhole
            }
            let options = ActionModelOptions(
                clip: CheckpointOptions(activation: .quickGELU), backbone: isWhole ? nil : backbone, frames: 4)
            let library = ModelLibrary(environment: ["VERB_VOCABULARY": vocabulary])
            let (one, two) = (
                try await library.load(.path(directory)), try await library.load(.path(released), options: options)
            )
            let clip = (0..<4).map { TestModel.picture($0) }
            let labels = try LabelSet(Self.classNames)
            let first = try await Session(one, one.question(labels: labels)).classify(clip: clip)
            let second = try await Session(two, two.question(labels: labels)).classify(clip: clip)
            for prediction in first.predictions {
                let other = try #require(second.predictions.first { $0.label == prediction.label })
                #expect(abs(other.probability - prediction.probability) < 1e-6)
            }
        }
    }

    @Test("windows of a long video are recognised, the last ones filled up", arguments: models)
    func timeline(_ configuration: ActionModelConfiguration) async throws {
        try await TestModel.inFolder { folder in
            let model = try await load(write(configuration, folder))
            let session = try await Session(model, labels: LabelSet(Self.classNames))
            let video = try TestModel.video(in: folder, frames: 30)
            var windows = 0
            for try await window in try session.scan(video, TimelineSettings(every: 0.4, window: 0.4, frames: 4)) {
                windows += 1
                #expect(window.predictions.count == 3)
            }
            #expect(windows == 3)
            let short = try TestModel.video(in: folder, name: "short.mp4", frames: 5)
            for try await window in try session.scan(short, TimelineSettings(every: 1, window: 1, frames: 4)) {
                #expect(window.predictions.count == 3)
            }
        }
    }

    @Test("a model is asked only what it knows")
    func questions() async throws {
        try await TestModel.inFolder { folder in
            func says(_ kind: ActionModelKind, _ labels: [String]?, _ head: ScoringHead? = nil) async throws -> String {
                let configuration = try #require(Self.models.first { $0.kind == kind })
                let path = "\(folder)/\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                let model = try await load(write(configuration, path))
                return await message {
                    _ = try model.question(labels: try labels.map { try LabelSet($0) }, head: head)
                }
            }
            let said1 = try await says(.evl, ["a", "b"])
            #expect(said1.contains("3 trained classes only"))
            let said2 = try await says(.evl, ["a", "b", "c"], .texts)
            #expect(said2.contains("no text tower"))
            let said3 = try await says(.actionCLIP, nil)
            #expect(said3.contains("no trained classes; name the actions with --labels"))
            let said4 = try await says(.m2CLIP, ["a", "b"], .classes)
            #expect(said4.contains("3 trained classes only"))
            let said5 = try await says(.m2CLIP, ["a", "b"])
            #expect(said5 == "nothing was thrown")
            let said6 = try await says(.m2CLIP, nil, .texts)
            #expect(said6 == "nothing was thrown")
            let said7 = try await says(.m2CLIP, nil)
            #expect(said7 == "nothing was thrown")
        }
    }

    @Test("a clip of another length than the model's is an error")
    func length() async throws {
        try await TestModel.inFolder { folder in
            let model = try await load(write(Self.models[3], folder))
            let session = try await Session(model, model.question(labels: nil))
            let said = await message { _ = try await session.classify(clip: (0..<5).map { TestModel.picture($0) }) }
            #expect(said.contains("the model takes 4"))
            let filled = try await session.classify(clip: (0..<2).map { TestModel.picture($0) })
            #expect(filled.predictions.count == 3)
        }
    }
}
