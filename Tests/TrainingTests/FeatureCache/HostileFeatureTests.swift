import ActionModels
import CLIP
import Foundation
import Testing
import Torch
import Training
import Video

@Suite("Kept features that are damaged or foreign")
struct HostileFeatureTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "hostile-\(UUID().uuidString)").path
    private let view = FeatureView(video: "v", frames: [0, 1, 2], box: PixelBox(left: 0, top: 0, width: 1, height: 1))
    private static let manifest = FeatureCacheManifest(
        EVLTraining.configuration, backbone: "b", preprocessing: Preprocessing(imageSize: 12), form: .maps,
        storage: .float32)

    /// A cache with one view, and the view's file.
    private func filled(
        _ manifest: FeatureCacheManifest = manifest
    ) throws -> (cache: FeatureCache, file: URL) {
        let cache = try FeatureCache(at: folder, manifest)
        let model = try EVLTraining.model().model
        let clip = EVLTraining.batch(model.configuration, count: 1).clips
        try cache.store(model.backboneFeatures(of: clip), for: view)
        let walk = FileManager.default.enumerator(atPath: folder)
        let names = (walk?.allObjects ?? []).compactMap { $0 as? String }
        let name = try #require(names.first { $0.hasSuffix(".safetensors") })
        return (cache, URL(fileURLWithPath: folder + "/" + name))
    }

    private func problem(_ body: () throws -> Void) -> FeatureCacheProblem? {
        let error = #expect(throws: TrainingError.self) { try body() }
        guard case .features(_, let problem) = error else { return nil }
        return problem
    }

    @Test("files cut anywhere are refused", arguments: [0, 7, 8, 100, 1000, -1])
    func cut(_ length: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (cache, file) = try filled()
        let data = try Data(contentsOf: file)
        try data.prefix(length < 0 ? data.count + length : length).write(to: file)
        let found = problem { _ = try cache.features(of: view) }
        guard case .damaged = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    private static let spoilt: [(String, @Sendable (inout [String: Tensor], inout [String: String]) -> Void)] = [
        ("damaged", { t, _ in t["layers.0.stream"] = nil }),
        ("damaged", { t, _ in t["layers.1.next"] = .zeros([2, 9, 8]) }),
        ("damaged", { t, _ in t["layers.1.stream"] = .zeros([2, 10, 24]) }),
        ("damaged", { t, _ in t["layers.0.stream"] = .zeros([3, 10, 24], dtype: .float16) }),
        ("damaged", { t, _ in t["layers.2.stream"] = .zeros([3, 10, 24]) }),
        ("damaged", { t, _ in t["layers.0.stream"] = .full([3, 10, 24], .nan) }),
        ("damaged", { t, _ in t["layers.1.next"] = .full([2, 9, 9], .infinity) }),
        ("damaged", { _, m in m = [:] }),
        ("settings", { _, m in m["manifest"] = "0" }),
        ("view", { _, m in m["view"] = "another" }),
        ("view", { _, m in m["view"] = nil }),
    ]

    @Test("files with other tensors or of other views are refused", arguments: spoilt.indices)
    func foreign(_ index: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (cache, file) = try filled()
        let stored = try StateFile.read(file.path)
        var (tensors, metadata) = (try stored.loadedTensors(), stored.metadata)
        let (expected, spoil) = Self.spoilt[index]
        spoil(&tensors, &metadata)
        try StateFile.write(tensors, metadata: metadata, to: file.path)
        let found = problem { _ = try cache.features(of: view) }
        switch found {
        case .damaged: #expect(expected == "damaged")
        case .otherSettings: #expect(expected == "settings")
        case .otherView: #expect(expected == "view")
        default: Issue.record("\(String(describing: found))")
        }
    }

    @Test("scales that are not finite are refused")
    func scales() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let manifest = FeatureCacheManifest(
            EVLTraining.configuration, backbone: "b", preprocessing: Preprocessing(imageSize: 12), form: .maps,
            storage: .int8)
        let (cache, file) = try filled(manifest)
        let stored = try StateFile.read(file.path)
        var tensors = try stored.loadedTensors()
        tensors["layers.0.stream.scale"] = .full([3, 10, 1], .infinity)
        try StateFile.write(tensors, metadata: stored.metadata, to: file.path)
        let found = problem { _ = try cache.features(of: view) }
        #expect(found == .damaged("layers.0.stream.scale has values that are not finite"))
    }

    private static let manifests = [
        "", "{", "[]", "{}", "{\"format\":\"verb-features\",\"version\":1}", "\u{0}\u{1}",
    ]

    @Test("manifests that are none are refused", arguments: manifests)
    func manifest(_ text: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/manifest.json"))
        let found = problem { _ = try FeatureCache(at: folder, Self.manifest) }
        guard case .notACache = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test("another version of the format is refused")
    func version() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try FeatureCache(at: folder, Self.manifest)
        let file = URL(fileURLWithPath: folder + "/manifest.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let newer = text.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 2")
        #expect(newer != text)
        try Data(newer.utf8).write(to: file)
        let found = problem { _ = try FeatureCache(at: folder, Self.manifest) }
        #expect(found == .notACache("format verb-features, version 2"))
    }

    @Test("a folder without a manifest is none")
    func missing() {
        let found = problem { _ = try FeatureCache.manifest(at: folder) }
        #expect(found == .notACache("there is no such file"))
    }
}
