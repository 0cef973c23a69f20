import Crypto
import Foundation
import NIOHTTP1

@testable import Hub

/// A repository on the tests' hub.
struct TestRepository: Sendable {
    static let model: ModelName = {
        do { return try ModelName("openai/clip-test") } catch { fatalError("\(error)") }
    }()
    static let commit = String(repeating: "0123456789abcdef", count: 3).prefix(40).description

    var commit = TestRepository.commit
    var files: [String: [UInt8]] = [
        "config.json": Array(#"{"model_type": "clip"}"#.utf8), "preprocessor_config.json": Array("{}".utf8),
        "tokenizer.json": TestRepository.bytes(5_000, seed: 1), "model.safetensors": TestRepository.weights,
        "pytorch_model.bin": TestRepository.bytes(9), "README.md": Array("# A model".utf8),
        "onnx/model.onnx": TestRepository.bytes(8),
    ]
    /// The files that are fetched of those above.
    static let needed = ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json"]
    /// What the listing says differently, by file.
    var listed: [String: String] = [:]
    var resumes = true

    private static let weights = bytes(300_000)

    static func bytes(_ count: Int, seed: UInt8 = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
    }

    /// The path under which a file is fetched.
    func path(_ file: String) -> String { "/openai/clip-test/resolve/\(commit)/\(file)" }
    static let listing = "/api/models/openai/clip-test/revision/main?blobs=true"

    func tag(_ file: String) -> String { "\"\(hexadecimal(Insecure.MD5.hash(data: files[file] ?? [])))\"" }

    /// What a sound hub answers.
    func answer(_ request: TestRequest) -> TestAnswer {
        if request.path.hasPrefix("/api/models/openai/clip-test/revision/") { return listingAnswer() }
        guard let file = files.keys.first(where: { path($0) == request.path }), let body = files[file] else {
            return TestAnswer(status: .notFound)
        }
        let tag = tag(file)
        let range = request.headers.first(name: "Range")
        let condition = request.headers.first(name: "If-Range")
        guard resumes, let range, condition == nil || condition == tag,
            let start = Int(range.dropFirst("bytes=".count).dropLast())
        else { return TestAnswer(headers: ["ETag": tag], body: body) }
        guard start < body.count else {
            return TestAnswer(status: .rangeNotSatisfiable, headers: ["Content-Range": "bytes */\(body.count)"])
        }
        let part = "bytes \(start)-\(body.count - 1)/\(body.count)"
        return TestAnswer(
            status: .partialContent, headers: ["ETag": tag, "Content-Range": part], body: Array(body[start...]))
    }

    private func listingAnswer() -> TestAnswer {
        let siblings = files.sorted { $0.key < $1.key }.map { name, body in
            listed[name] ?? sibling(name, body)
        }
        let json =
            #"{"id": "openai/clip-test", "sha": "\#(commit)", "siblings": [\#(siblings.joined(separator: ","))]}"#
        return TestAnswer(headers: ["Content-Type": "application/json"], body: Array(json.utf8))
    }

    /// Large files are listed with SHA-256, small ones with git's id, as hubs do.
    func sibling(_ name: String, _ body: [UInt8], size: Int? = nil, sum: String? = nil) -> String {
        let size = size ?? body.count
        if body.count > 1_000 {
            let sum = sum ?? hexadecimal(SHA256.hash(data: body))
            return #"""
                {"rfilename": "\#(name)", "size": \#(size), "blobId": "0", "lfs": {"sha256": "\#(sum)", "size": \#(size)}}
                """#
        }
        let id = sum ?? hexadecimal(Insecure.SHA1.hash(data: Array("blob \(body.count)\0".utf8) + body))
        return #"{"rfilename": "\#(name)", "size": \#(size), "blobId": "\#(id)"}"#
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// A hub, a cache and a clock for one test.
struct TestHub {
    let server: TestServer
    let cache: URL
    let clock: TestClock

    func client(
        token: String? = nil, offline: Bool = false, endpoint: URL? = nil, cache: URL? = nil
    ) throws -> HubClient {
        HubClient(
            try HubConfiguration(
                endpoint: endpoint ?? server.url, cache: cache ?? self.cache, token: token, isOffline: offline),
            clock: clock)
    }

    func fetch(progress: @escaping (HubProgress) -> Void = { _ in }) async throws -> FetchedModel {
        try await client().fetch(TestRepository.model, progress: progress)
    }

    var folder: URL { cache.appendingPathComponent("models/openai--clip-test") }

    func part(_ file: String, commit: String = TestRepository.commit) -> URL {
        folder.appendingPathComponent("parts/\(commit)/\(file).part")
    }

    /// Leaves what an earlier attempt would have left.
    func leave(_ bytes: some Collection<UInt8>, tag: String?, of file: String) throws {
        let part = part(file)
        try FileManager.default.createDirectory(
            at: part.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: part)
        if let tag { try Data(tag.utf8).write(to: URL(fileURLWithPath: part.path + ".etag")) }
    }

    func requests(_ path: String) -> [TestRequest] { server.requests.filter { $0.path == path } }
}

/// Runs a test against a hub that answers as the repository does, except where `fault` answers.
func withHub(
    _ repository: TestRepository = TestRepository(),
    fault: @escaping @Sendable (TestRequest, TestRepository) -> TestAnswer? = { _, _ in nil },
    _ body: (TestHub) async throws -> Void
) async throws {
    let server = try await TestServer { fault($0, repository) ?? repository.answer($0) }
    let cache = FileManager.default.temporaryDirectory.appendingPathComponent("verb-hub-\(UUID().uuidString)")
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(TestHub(server: server, cache: cache, clock: TestClock())))
    } catch {
        result = .failure(error)
    }
    await server.stop()
    try? FileManager.default.removeItem(at: cache)
    try result.get()
}

/// Checks that a snapshot has the repository's content, nothing else, and no remains of the transfer.
func contents(_ model: FetchedModel) throws -> [String: [UInt8]] {
    let manager = FileManager.default
    var found: [String: [UInt8]] = [:]
    for name in try manager.subpathsOfDirectory(atPath: model.folder.path) {
        let url = model.folder.appendingPathComponent(name)
        var isFolder: ObjCBool = false
        _ = manager.fileExists(atPath: url.path, isDirectory: &isFolder)
        if !isFolder.boolValue { found[name] = Array(try Data(contentsOf: url)) }
    }
    return found
}
