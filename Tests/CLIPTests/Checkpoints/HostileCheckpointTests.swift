import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

/// The files that a checkpoint reader has to survive: every folder with an `index.json` of such cases.
struct HostileFile: Sendable, CustomTestStringConvertible {
    let folder: URL
    let file: String
    let category: String
    let expect: String
    let why: String
    let configuration: String

    var testDescription: String { file }
    var path: String { folder.appending(path: file).path }

    private struct Index: Decodable {
        struct Case: Decodable { let file: String, category: String, expect: String, why: String }
        let config_for_models: String
        let cases: [Case]
    }

    static let all: [HostileFile] = Fixture.files(named: "index.json").flatMap { url -> [HostileFile] in
        guard let data = try? Data(contentsOf: url), let index = try? JSONDecoder().decode(Index.self, from: data)
        else { return [] }
        let folder = url.deletingLastPathComponent()
        return index.cases.map {
            HostileFile(
                folder: folder, file: $0.file, category: $0.category, expect: $0.expect, why: $0.why,
                configuration: folder.appending(path: index.config_for_models).path)
        }
    }
}

@Suite("Malformed and hostile checkpoints")
struct HostileCheckpointTests {
    @Test("there are such files") func present() { #expect(HostileFile.all.count >= 60) }

    @Test("as a CLIP", arguments: HostileFile.all)
    func model(_ file: HostileFile) throws {
        let isConfiguration = file.category == "config"
        let weights = isConfiguration ? file.folder.appending(path: "good.pt").path : file.path
        let options = CheckpointOptions(
            activation: .gelu, configurationPath: isConfiguration ? file.path : file.configuration)
        func load(_ options: CheckpointOptions) throws {
            _ = try CLIPCheckpoint(path: weights, options: options).model()
        }
        switch file.expect {
        case "must_load": try load(options)
        case "must_refuse", "should_refuse", "must_refuse_or_warn", "must_refuse_or_swap", "must_load_as_tensors",
            "must_refuse_or_view":
            #expect(throws: CLIPError.self, "\(file.why)") { try load(options) }
        case "must_refuse_when_strict":
            let error = #expect(throws: CLIPError.self, "\(file.why)") { try load(options) }
            guard case .unfitting(_, let report) = try #require(error) else {
                Issue.record("the wrong error: \(String(describing: error))")
                return
            }
            var lenient = options
            lenient.isStrict = false
            let checkpoint = try CLIPCheckpoint(path: weights, options: lenient)
            #expect(checkpoint.warnings.contains { $0.contains(report.unexpected[0]) })
            _ = try checkpoint.model()
        case "must_not_write", "must_not_allocate", "must_not_crash", "must_not_hang":
            do { try load(options) } catch is CLIPError {}
        default: Issue.record("an expectation that this test does not know: \(file.expect)")
        }
        let places = [FileManager.default.currentDirectoryPath, file.folder.path].flatMap {
            [$0 + "/PWNED", $0 + "/../../PWNED"]
        }
        #expect(places.allSatisfy { !FileManager.default.fileExists(atPath: $0) }, "code was executed")
    }

    @Test("the message says what is wrong and what to do")
    func messages() throws {
        func message(_ name: String) throws -> String {
            let file = try #require(HostileFile.all.first { $0.file == name && Fixture.isOwn($0.folder) })
            let options = CheckpointOptions(activation: .gelu, configurationPath: file.configuration)
            let error = #expect(throws: CLIPError.self) {
                _ = try CLIPCheckpoint(path: file.path, options: options).model()
            }
            return String(describing: try #require(error))
        }
        #expect(try message("git_lfs_pointer.pt").contains("LFS"))
        #expect(
            try message("shape_mismatch.pt").contains("visual.proj: the model has [16, 24], the checkpoint [16, 23]"))
        #expect(try message("missing_key.pt").contains("visual.ln_post.weight"))
        #expect(try message("nan_weights.pt").contains("not finite"))
    }
}
