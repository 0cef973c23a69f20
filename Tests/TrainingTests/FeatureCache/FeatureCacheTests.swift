import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training
import Video

@Suite("Features kept in a folder")
struct FeatureCacheTests {
    private typealias Form = EVLFeatures.Form
    private typealias Storage = FeatureCacheManifest.Storage

    private let folder = FileManager.default.temporaryDirectory.appending(path: "features-\(UUID().uuidString)").path
    private let model: EVL, parameters: Parameters, clip: Tensor
    private let view = FeatureView(
        video: "a/b c.mp4", frames: [0, 16, 32], box: PixelBox(left: 3, top: 0, width: 40, height: 40))

    init() throws {
        (model, parameters) = try EVLTraining.model()
        clip = EVLTraining.batch(model.configuration, count: 1).clips
    }

    private func manifest(
        _ form: EVLFeatures.Form = .maps, _ storage: FeatureCacheManifest.Storage = .float32
    ) -> FeatureCacheManifest {
        let tower = parameters.tensors.filter { $0.key.hasPrefix("backbone.") }
        return FeatureCacheManifest(
            model.configuration, backbone: WeightDigest.sha256(of: tower), preprocessing: Preprocessing(imageSize: 12),
            form: form, storage: storage)
    }

    /// The features of a view, kept and read again.
    private func reread(_ form: EVLFeatures.Form, _ storage: FeatureCacheManifest.Storage) throws -> EVLFeatures {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest(form, storage))
        #expect(!cache.contains(view))
        try cache.store(model.backboneFeatures(of: clip, form: form), for: view)
        #expect(cache.contains(view))
        return try FeatureCache(at: folder, manifest(form, storage)).features(of: view)
    }

    @Test("float32 gives exactly the logits of the tower", arguments: [EVLFeatures.Form.projections, .maps])
    func exact(_ form: EVLFeatures.Form) throws {
        let features = try reread(form, .float32)
        expectClose(model.head(features), model(clip), absolute: 0, relative: 0)
        let direct = model.backboneFeatures(of: clip, form: form)
        for (read, own) in zip(features.layers, direct.layers) {
            expectClose(read.stream, own.stream, absolute: 0, relative: 0)
        }
    }

    @Test("gradients of a decoder on kept features are those on the tower's")
    func gradients() throws {
        let features = try reread(.maps, .float32)
        let head = try Parameters.build(
            .checkpoint(parameters.tensors.filter { !$0.key.hasPrefix("backbone.") }.mapValues { $0.cloned() })
        ) { EVLHead($0, model.configuration) }
        head.parameters.train { _ in true }
        parameters.train(model.configuration.isTrained)
        head.model(features).crossEntropy(Tensor([2])).backward()
        model(clip).crossEntropy(Tensor([2])).backward()
        for name in head.parameters.names where !name.hasSuffix("k_proj.bias") {
            expectClose(
                try #require(head.parameters[name]?.gradient), parameters[name]?.gradient, absolute: 0, relative: 0)
        }
    }

    @Test("smaller types stay within their rounding", arguments: EVLFeatures.Form.allCases)
    func rounding(_ form: EVLFeatures.Form) throws {
        let direct = model.backboneFeatures(of: clip, form: form)
        let (half, bytes) = (try reread(form, .float16), try reread(form, .int8))
        for layer in direct.layers.indices {
            for (name, tensor) in direct.layers[layer].tensors {
                let halved = try #require(half.layers[layer].tensors[name])
                #expect(halved.dtype == .float16)
                expectClose(halved.to(dtype: .float32), tensor, absolute: 6e-8, relative: 0.00049, name)
                let coded = try #require(bytes.layers[layer].tensors[name])
                let excess = (coded - tensor).abs - tensor.abs.max(-1, keepingAxes: true) / 253.9
                #expect(coded.dtype == .float32 && excess.max().item(Double.self) <= 1e-7, "\(name)")
            }
        }
        guard form != .streams else { return }
        expectClose(model.head(half), model(clip), absolute: 0.01)
        expectClose(model.head(bytes), model(clip), absolute: 0.1)
    }

    @Test("kept views make a batch")
    func batch() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest())
        let clips = EVLTraining.batch(model.configuration, count: 3).clips
        let views = (0..<3).map { FeatureView(video: "v", frames: [$0, $0 + 1, $0 + 2], box: view.box) }
        for (place, view) in views.enumerated() {
            try cache.store(model.backboneFeatures(of: clips.slice(0, place..<place + 1)), for: view)
        }
        let features = try EVLFeatures.concatenated(views.map { try cache.features(of: $0) })
        expectClose(model.head(features), model(clips), absolute: 1e-5)
    }

    @Test("every part of a view's name counts")
    func keys() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest())
        try cache.store(model.backboneFeatures(of: clip), for: view)
        let box = PixelBox(left: 3, top: 0, width: 40, height: 41)
        let others = [
            FeatureView(video: "a/b c.mp", frames: view.frames, box: view.box),
            FeatureView(video: view.video, frames: [0, 16, 33], box: view.box),
            FeatureView(video: view.video, frames: view.frames, box: box),
            FeatureView(video: view.video, frames: view.frames, box: view.box, isMirrored: true),
            FeatureView(video: view.video, frames: view.frames, box: view.box, augmentation: ["invert"]),
        ]
        for other in others {
            #expect(!cache.contains(other))
            #expect(problem { _ = try cache.features(of: other) } == .missing)
        }
    }

    @Test("equal frames and boxes with other augmentations are other views")
    func augmentations() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest(.streams))
        let lists = [[], ["a"], ["b"], ["a", "b"], ["b", "a"], ["a,b"], ["a", ""], ["a; video a/b c.mp4"], ["1:a"]]
        let views = lists.map {
            FeatureView(video: view.video, frames: view.frames, box: view.box, augmentation: $0)
        }
        #expect(views[0] == view && Set(views).count == lists.count)
        for (number, view) in views.enumerated() {
            #expect(!cache.contains(view), "\(lists[number])")
            let layer = EVLFeatures.Layer(stream: .full([1, 3, 10, 24], Double(number)))
            try cache.store(EVLFeatures([layer, layer]), for: view)
        }
        for (number, view) in views.enumerated() {
            let stream = try cache.features(of: view).layers[0].stream
            expectClose(stream, .full([1, 3, 10, 24], Double(number)), absolute: 0, relative: 0)
        }
    }

    @Test("features of a tower with another activation, eps or element type are refused")
    func otherTower() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try FeatureCache(at: folder, manifest())
        func problem(_ change: (inout EVLConfiguration) -> Void) -> FeatureCacheProblem? {
            var configuration = model.configuration
            change(&configuration)
            let own = manifest()
            let other = FeatureCacheManifest(
                configuration, backbone: own.backbone, preprocessing: own.preprocessing, form: .maps,
                storage: .float32)
            return self.problem { _ = try FeatureCache(at: folder, other) }
        }
        #expect(problem { _ in } == nil)
        #expect(problem { $0.activation = .gelu } == .otherSettings(["activation"]))
        #expect(problem { $0.layerNormEps = 1e-6 } == .otherSettings(["layerNormEps"]))
        var half = manifest()
        half.computation = .float16
        #expect(self.problem { _ = try FeatureCache(at: folder, half) } == .otherSettings(["computation"]))
    }

    @Test("features made with other settings are refused, and the settings named")
    func otherSettings() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try FeatureCache(at: folder, manifest())
        parameters["backbone.conv1.bias"]?.fill(0.25)
        #expect(problem { _ = try FeatureCache(at: folder, manifest()) } == .otherSettings(["backbone"]))
        let other = FeatureCacheManifest(
            model.configuration, backbone: "", preprocessing: Preprocessing(imageSize: 24), form: .streams)
        let names = ["backbone", "preprocessing", "storage", "form"]
        #expect(problem { _ = try FeatureCache(at: folder, other) } == .otherSettings(names))
    }

    @Test("values that half precision cannot hold are refused")
    func overflow() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest(.streams, .float16))
        let layer = EVLFeatures.Layer(stream: .full([1, 3, 10, 24], 1e5))
        #expect(problem { try cache.store(EVLFeatures([layer, layer]), for: view) } == .notFinite)
        #expect(!cache.contains(view))
    }

    @Test("nothing is left of a view that could not be written")
    func unwritable() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try FeatureCache(at: folder, manifest())
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/views"))
        let found = problem { try cache.store(model.backboneFeatures(of: clip), for: view) }
        guard case .unwritable = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["manifest.json", "views"])
    }

    /// The problem that an operation ends with.
    private func problem(_ body: () throws -> Void) -> FeatureCacheProblem? {
        do {
            try body()
            return nil
        } catch let error as TrainingError {
            guard case .features(_, let problem) = error else { return nil }
            return problem
        } catch { return nil }
    }
}
