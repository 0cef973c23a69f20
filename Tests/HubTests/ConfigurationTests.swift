import Foundation
import Testing

@testable import Hub

@Suite("Names, settings, choice of files")
struct ConfigurationTests {
    @Test(arguments: ["openai/clip-vit-base-patch16", "a/b", "wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M", "a_b.c/d"])
    func names(_ text: String) throws {
        let name = try ModelName(text)
        #expect(name.description == text)
    }

    @Test(arguments: [
        "", "clip", "a/b/c", "/b", "a/", "../b", "a/..", "a b/c", "a/b--c", "a/é", "a/b%2f", ".a/b", "a/-b",
    ])
    func badNames(_ text: String) {
        #expect(throws: HubError.invalidModelName(text)) { try ModelName(text) }
    }

    @Test func environment() throws {
        let plain = try HubConfiguration(environment: ["HOME": "/home/me"])
        #expect(plain.endpoint.absoluteString == "https://huggingface.co")
        #expect(plain.cache.path == "/home/me/.cache/verb")
        #expect(plain.token == nil && !plain.isOffline)
        let set = try HubConfiguration(environment: [
            "HF_ENDPOINT": "http://127.0.0.1:8080/mirror", "VERB_CACHE": "/big/disk", "XDG_CACHE_HOME": "/x",
            "HF_TOKEN": "secret", "HF_HUB_OFFLINE": "1",
        ])
        #expect(set.endpoint.absoluteString == "http://127.0.0.1:8080/mirror")
        #expect(set.cache.path == "/big/disk")
        #expect(set.token == "secret" && set.isOffline)
        #expect(try HubConfiguration(environment: ["XDG_CACHE_HOME": "/x", "HF_TOKEN": ""]).cache.path == "/x/verb")
    }

    @Test(arguments: ["huggingface.co", "ftp://x", "http://", "file:///x", "http://x?y"])
    func badEndpoints(_ text: String) {
        #expect(throws: HubError.invalidEndpoint(text)) { try HubConfiguration(environment: ["HF_ENDPOINT": text]) }
    }

    @Test(arguments: [
        (
            ["config.json", "model.safetensors", "pytorch_model.bin", "README.md", "flax_model.msgpack"],
            ["config.json", "model.safetensors"]
        ),
        (
            ["config.json", "pytorch_model.bin", "vocab.json", "merges.txt", "x/config.json"],
            ["config.json", "merges.txt", "pytorch_model.bin", "vocab.json"]
        ),
        (
            ["config.json", "open_clip_model.safetensors", "open_clip_config.json", "pytorch_model.bin"],
            ["config.json", "open_clip_config.json", "open_clip_model.safetensors"]
        ),
        (
            ["open_clip_config.json", "open_clip_pytorch_model.bin", "tokenizer.json"],
            ["open_clip_config.json", "open_clip_pytorch_model.bin", "tokenizer.json"]
        ),
        (
            [
                "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                "other-00001-of-00001.safetensors",
            ],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]
        ),
        (["TinyCLIP-ViT-39M.pt", "README.md"], ["TinyCLIP-ViT-39M.pt"]),
    ])
    func choice(_ names: [String], _ expected: [String]) throws {
        let files = names.map { HubFile(path: $0, size: nil, checksum: nil) }
        #expect(try ModelFiles.needed(of: files, model: TestRepository.model).map(\.path).sorted() == expected)
    }

    @Test func ambiguousWeights() {
        let files = ["a.pt", "b.pt", "sub/model.safetensors"].map { HubFile(path: $0, size: nil, checksum: nil) }
        #expect(throws: HubError.noWeights(model: "openai/clip-test")) {
            try ModelFiles.needed(of: files, model: TestRepository.model)
        }
    }

    @Test func pauses() {
        let policy = RetryPolicy(attempts: 9, firstDelay: .seconds(1), longestDelay: .seconds(10))
        let error = HubError.unreachable(host: "x", reason: "y")
        #expect((1...6).map { policy.delay(after: $0, error) } == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
        #expect(policy.delay(after: 500, error) == .seconds(10))
        let wish = HubError.serverFailure(url: "", status: 429, retryAfter: .seconds(3))
        #expect(policy.delay(after: 4, wish) == .seconds(3))
    }

    @Test func ranges() {
        #expect(ContentRange("bytes 3-9/10").map { [$0.start, $0.total] } == [3, 10])
        #expect(ContentRange("bytes 3-9/*").map { [$0.start, $0.total] } == [3, nil])
        #expect(ContentRange("bytes */10").map { [$0.start, $0.total] } == [nil, 10])
        for header in ["", "bytes", "bytes 3-9", "items 3-9/10", "bytes 3-9/10/11"] {
            #expect(ContentRange(header) == nil)
        }
    }

    @Test func speed() {
        var rate = TransferRate()
        #expect(rate.bytesPerSecond == 0)
        for second in 1...10 { rate.add(bytes: Int64(second * 100), seconds: Double(second)) }
        #expect(rate.bytesPerSecond == 100)
        for second in 11...20 { rate.add(bytes: 1_000, seconds: Double(second)) }
        #expect(rate.bytesPerSecond == 0)
    }
}
