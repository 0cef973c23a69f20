import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("Files of video models")
struct ActionModelCheckpointTests {
    private var options: ActionModelOptions {
        ActionModelOptions(clip: CheckpointOptions(activation: .quickGELU), frames: SmallModels.frames)
    }

    /// What throwing says.
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch {
            return "\(error)"
        }
    }

    private func expectEqual(_ a: any ActionModel, _ b: any ActionModel, _ tolerance: Double = 0) {
        let (x, y) = withoutGradient { (a.features(of: SmallModels.input), b.features(of: SmallModels.input)) }
        #expect(x.embedding != nil || x.classLogits != nil)
        #expect((x.embedding == nil) == (y.embedding == nil) && (x.classLogits == nil) == (y.classLogits == nil))
        if let own = x.embedding { expectClose(own, y.embedding, absolute: tolerance, relative: tolerance) }
        if let own = x.classLogits { expectClose(own, y.classLogits, absolute: tolerance, relative: tolerance) }
    }

    private func built(_ configuration: ActionModelConfiguration) throws -> any ActionModel {
        try Parameters.build(.checkpoint(SmallModels.tensors(configuration))) { configuration.model($0) }.model
    }

    @Test("a directory gives the model back, with its classes", arguments: SmallModels.all)
    func directory(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            let names = configuration.classes.map { (0..<$0).map { "class \($0)" } }
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing, classNames: names,
                card: "# A model\n")
            try ActionModelDirectory.write(contents, tensors: SmallModels.tensors(configuration), to: folder + "/m")
            let read = try ActionModelCheckpoint(path: folder + "/m", options: options)
            #expect(read.configuration == configuration && read.classNames == names && read.warnings.isEmpty)
            #expect(read.preprocessing == configuration.referencePreprocessing)
            try expectEqual(read.model().model, built(configuration))
        }
    }

    @Test("the reference's checkpoint gives the model back", arguments: SmallModels.video)
    func released(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            let value = try #require(configuration.released(try SmallModels.tensors(configuration)))
            try StateFile.writeTorch(value, to: folder + "/released.pt")
            let found = try #require(try ReleasedCheckpoint(path: folder + "/released.pt"))
            #expect(found.kind == configuration.kind)
            var options = options
            if !found.isWhole { options.backbone = try SmallModels.writeCLIP(in: folder) }
            let read = try ActionModelCheckpoint(path: folder + "/released.pt", options: options)
            #expect(read.configuration == configuration)
            try expectEqual(read.model().model, built(configuration))
        }
    }

    @Test(
        "trained tensors alone ask for the CLIP below", arguments: SmallModels.video.filter { $0.kind != .actionCLIP })
    func needsBackbone(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            let value = try #require(configuration.released(try SmallModels.tensors(configuration)))
            try StateFile.writeTorch(value, to: folder + "/released.pt")
            let text = message { _ = try ActionModelCheckpoint(path: folder + "/released.pt", options: options) }
            #expect(text.contains("only what \(configuration.kind.title) trained") && text.contains("--backbone"))
            #expect(text.hasPrefix(folder + "/released.pt"))
        }
    }

    @Test("what is missing, extra or misshapen is named", arguments: SmallModels.video)
    func misfits(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            var tensors = try SmallModels.tensors(configuration)
            let names = tensors.keys.sorted()
            let (gone, bent) = (names[names.count / 2], names[names.count / 3])
            tensors[gone] = nil
            tensors[bent] = .zeros([3, 1, 2, 5])
            tensors["something.else"] = .zeros([2])
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing)
            try ActionModelDirectory.write(contents, tensors: tensors, to: folder + "/m")
            let text = message { _ = try ActionModelCheckpoint(path: folder + "/m", options: options).model() }
            for part in ["missing: \(gone)", "something.else", "\(bent): the model has", "[3, 1, 2, 5]"] {
                #expect(text.contains(part), "\(text)")
            }
        }
    }

    @Test("values that are not finite are found", arguments: SmallModels.video)
    func notFinite(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            var tensors = try SmallModels.tensors(configuration)
            let name = try #require(tensors.keys.sorted().last)
            tensors[name] = tensors[name].map { $0 * Double.nan }
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing)
            let path = folder + "/m"
            let text = message { try ActionModelDirectory.write(contents, tensors: tensors, to: path) }
            #expect(text.contains(name) && text.contains("not finite") && !FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("another number of frames is taken where no table has a row a frame", arguments: SmallModels.video)
    func frames(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            try SmallModels.write(configuration, to: folder + "/m")
            var options = options
            options.frames = 6
            guard configuration.kind != .evl else {
                let text = message { _ = try ActionModelCheckpoint(path: folder + "/m", options: options) }
                #expect(text.contains("6 frames a clip; the model's positions are made for 4"))
                return
            }
            let model = try ActionModelCheckpoint(path: folder + "/m", options: options).model().model
            #expect(model.frames == 6)
            let features = withoutGradient { model.features(of: Generator(seed: 1).normal([1, 6, 3, 16, 16])) }
            #expect((features.embedding ?? features.classLogits)?.shape[0] == 1)
            options.frames = 100_000
            #expect(message { _ = try ActionModelCheckpoint(path: folder + "/m", options: options) }.contains("100000"))
        }
    }

    @Test("options that do not apply are refused", arguments: SmallModels.all)
    func needless(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            try SmallModels.write(configuration, to: folder + "/m")
            var options = options
            options.backbone = try SmallModels.writeCLIP(in: folder)
            #expect(
                message { _ = try ActionModelCheckpoint(path: folder + "/m", options: options) }
                    .contains("leave out --backbone"))
        }
    }

    @Test("the activation that a user names goes before the files'", arguments: SmallModels.all)
    func activation(_ configuration: ActionModelConfiguration) throws {
        try SmallModels.inFolder { folder in
            try SmallModels.write(configuration, to: folder + "/m")
            let options = ActionModelOptions(clip: CheckpointOptions(activation: .gelu))
            let model = try ActionModelCheckpoint(path: folder + "/m", options: options).model().model
            let (a, b) = withoutGradient {
                (try? built(configuration).features(of: SmallModels.input), model.features(of: SmallModels.input))
            }
            let (own, other) = (a?.embedding ?? a?.classLogits, b.embedding ?? b.classLogits)
            #expect(own != nil && own?.array(of: Float.self) != other?.array(of: Float.self))
        }
    }

    @Test("EVL's positions are stretched on request")
    func interpolated() throws {
        let configuration = try #require(SmallModels.video.first { $0.kind == .evl })
        try SmallModels.inFolder { folder in
            let tensors = try SmallModels.tensors(configuration)
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing)
            try ActionModelDirectory.write(contents, tensors: tensors, to: folder + "/m")
            try StateFile.writeTorch(try #require(configuration.released(tensors)), to: folder + "/r.pt")
            var options = options
            (options.frames, options.interpolatesFrames) = (7, true)
            let own = try ActionModelCheckpoint(path: folder + "/m", options: options).model().model
            options.backbone = try SmallModels.writeCLIP(in: folder)
            let released = try ActionModelCheckpoint(path: folder + "/r.pt", options: options).model().model
            #expect(own.frames == 7 && released.frames == 7)
            let clip = Generator(seed: 5).normal([1, 7, 3, 16, 16])
            let (a, b) = withoutGradient { (own.features(of: clip), released.features(of: clip)) }
            expectClose(try #require(a.classLogits), b.classLogits, absolute: 1e-6)
        }
    }

    @Test("the heads of EVL's decoder can be named")
    func decoderHeads() throws {
        guard case .evl(var evl) = try #require(SmallModels.video.first(where: { $0.kind == .evl })) else { return }
        evl.decoderHeads = 4
        let configuration = ActionModelConfiguration.evl(evl)
        try SmallModels.inFolder { folder in
            let value = try #require(configuration.released(try SmallModels.tensors(configuration)))
            try StateFile.writeTorch(value, to: folder + "/r.pt")
            var options = options
            options.backbone = try SmallModels.writeCLIP(in: folder)
            options.decoderHeads = 4
            let read = try ActionModelCheckpoint(path: folder + "/r.pt", options: options)
            #expect(read.configuration == configuration)
            try expectEqual(read.model().model, built(configuration))
            options.decoderHeads = 3
            #expect(
                message { _ = try ActionModelCheckpoint(path: folder + "/r.pt", options: options) }
                    .contains("heads"))
        }
    }

    @Test("names of classes must fit")
    func classNames() throws {
        let configuration = try #require(SmallModels.video.last)
        try SmallModels.inFolder { folder in
            let tensors = try SmallModels.tensors(configuration)
            for names in [["a"], ["a", "b", "c", "d", "e\nf"]] {
                let contents = ActionModelDirectory.Contents(
                    configuration: configuration, preprocessing: configuration.referencePreprocessing,
                    classNames: names)
                let text = message { try ActionModelDirectory.write(contents, tensors: tensors, to: folder + "/m") }
                #expect(text.contains("names of classes for 5"))
            }
            let contents = ActionModelDirectory.Contents(
                configuration: configuration, preprocessing: configuration.referencePreprocessing,
                classNames: ["a", "b", "c", "d", "e"])
            try ActionModelDirectory.write(contents, tensors: tensors, to: folder + "/m")
            try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/m/labels.txt"))
            let text = message { _ = try ActionModelCheckpoint(path: folder + "/m") }
            #expect(text.contains("labels.txt names 2 classes, the model has 5"))
        }
    }

    @Test(
        "a config.json that cannot be is an error with its place",
        arguments: [
            (#""kind":"evl""#, #""kind":"of its own""#, "of its own"), (#""version":1"#, #""version":9"#, "version 9"),
            (#""frames":4"#, #""frames":-4"#, "frames"), (#""frames":4"#, #""frames":9223372036854775807"#, "frames"),
            (#""decoderLayers":2"#, #""decoderLayers":70"#, "ecoder"), (#""classes":5"#, #""classes":0"#, "classes"),
            (#""imageSize":16,"#, #""imageSize":1600000,"#, "image"),
            (#""architecture":"#, #""nothing":"#, "architecture"),
        ])
    func hostile(_ old: String, _ new: String, _ word: String) throws {
        let configuration = try #require(SmallModels.video.first { $0.kind == .evl })
        try SmallModels.inFolder { folder in
            try SmallModels.write(configuration, to: folder + "/m")
            let file = URL(fileURLWithPath: folder + "/m/config.json")
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            let compact = try JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            let text = String(decoding: compact, as: UTF8.self)
            #expect(text.contains(old))
            try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: file)
            let said = message { _ = try ActionModelCheckpoint(path: folder + "/m") }
            #expect(said.contains(word) && said != "nothing was thrown", "\(said)")
        }
    }

    @Test("files of other kinds are CLIPs or say what they are not")
    func others() throws {
        try SmallModels.inFolder { folder in
            let clip = try SmallModels.writeCLIP(in: folder)
            #expect(try ActionModelCheckpoint(path: clip, options: options).configuration == .clip(SmallModels.clip))
            try Data("no model".utf8).write(to: URL(fileURLWithPath: folder + "/text.pt"))
            for path in [folder + "/text.pt", folder + "/none", folder] {
                #expect(message { _ = try ActionModelCheckpoint(path: path, options: options) }.hasPrefix(path))
            }
        }
    }
}
