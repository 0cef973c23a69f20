import Foundation
import NIOHTTP1
import Testing

@testable import Hub

@Suite("What a hub refuses, and what is refused of a hub")
struct RefusalTests {
    private let name = "openai/clip-test"

    @Test(arguments: [
        (404, nil, "modelNotFound"), (404, "RepoNotFound", "modelNotFound"),
        (404, "RevisionNotFound", "revisionNotFound"),
        (401, nil, "unauthorized"), (401, "GatedRepo", "forbidden"), (403, nil, "forbidden"),
        (403, "GatedRepo", "forbidden"),
        (400, nil, "unexpectedStatus"), (418, nil, "unexpectedStatus"), (304, nil, "unexpectedStatus"),
    ])
    func listings(_ status: Int, _ code: String?, _ expected: String) async throws {
        try await withHub(fault: { _, _ in
            TestAnswer(
                status: HTTPResponseStatus(statusCode: status),
                headers: code.map { ["X-Error-Code": $0] } ?? [:])
        }) { hub in
            await #expect {
                try await hub.fetch()
            } throws: { "\($0)".hasSuffix(".") && label($0) == expected }
            #expect(hub.server.requests.count == 1)
            #expect(hub.clock.pauses.isEmpty)
        }
    }

    @Test func files() async throws {
        for (status, expected) in [
            (404, HubError.fileNotFound(model: name, file: "config.json")),
            (401, HubError.unauthorized(model: name, hasToken: true)),
        ] {
            try await withHub(fault: { request, _ in
                request.path.hasSuffix("/config.json") ? TestAnswer(status: .init(statusCode: status)) : nil
            }) { hub in
                await #expect(throws: expected) {
                    try await hub.client(token: "secret").fetch(TestRepository.model)
                }
            }
        }
    }

    @Test(arguments: [
        "../x", "/etc/passwd", "a/../../x", "a//b", "./x", "..", "", "a\\b", "C:x", "a\u{0}b", "x\u{1}", "a/",
        String(repeating: "a", count: 300),
    ])
    func hostileNames(_ hostile: String) async throws {
        let name = String(decoding: try JSONEncoder().encode([hostile]), as: UTF8.self).dropFirst().dropLast()
        var repository = TestRepository()
        repository.listed["config.json"] = "{\"rfilename\": \(name), \"size\": 1}"
        try await withHub(repository) { hub in
            await #expect(throws: HubError.hostileFileName(model: self.name, name: hostile)) { try await hub.fetch() }
            #expect(hub.server.requests.count == 1)
            #expect(!FileManager.default.fileExists(atPath: hub.cache.path))
        }
    }

    @Test(arguments: [
        "", "[]", "<html>", "{\"siblings\": []}", "{\"sha\": \"../../x\", \"siblings\": []}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": 3}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [{\"rfilename\": \"a\", \"size\": -1}]}",
    ])
    func malformedListings(_ text: String) async throws {
        try await withHub(fault: { _, _ in TestAnswer(body: Array(text.utf8)) }) { hub in
            await #expect { try await hub.fetch() } throws: { label($0) == "malformedListing" }
        }
    }

    @Test func endlessListings() async throws {
        try await withHub(fault: { _, _ in TestAnswer(body: [UInt8](repeating: 32, count: 1 << 25 + 1)) }) { hub in
            await #expect { try await hub.fetch() } throws: { label($0) == "malformedListing" }
        }
    }

    /// The token is for the hub alone; a redirection within it keeps the token, one to elsewhere loses it for good.
    @Test func redirections() async throws {
        let repository = TestRepository()
        try await withHub { elsewhere in
            let target = elsewhere.server.url.absoluteString
            try await withHub(fault: { request, _ in
                switch request.path {
                case TestRepository.listing: TestAnswer(status: .temporaryRedirect, headers: ["Location": "/api/moved"])
                case "/api/moved":
                    repository.answer(TestRequest(path: TestRepository.listing, headers: [:], earlier: 0))
                case let path where path.hasSuffix("model.safetensors"):
                    TestAnswer(status: .found, headers: ["Location": target + path])
                default: nil
                }
            }) { hub in
                let model = try await hub.client(token: "secret").fetch(TestRepository.model)
                #expect(try contents(model).count == 4)
                #expect(hub.server.requests.allSatisfy { $0.headers["Authorization"] == ["Bearer secret"] })
                #expect(hub.requests("/api/moved").count == 1)
                #expect(elsewhere.server.requests.map(\.path) == [repository.path("model.safetensors")])
                #expect(elsewhere.server.requests.allSatisfy { $0.headers["Authorization"].isEmpty })
            }
        }
    }

    @Test func aTokenThatWasDroppedStaysDropped() async throws {
        try await withHub { hub in
            let home = hub.server.url.absoluteString
            let back = try await TestServer { request in
                TestAnswer(status: .found, headers: ["Location": home + request.path])
            }
            try await withHub(fault: { request, _ in
                request.path == "/back"
                    ? nil : TestAnswer(status: .found, headers: ["Location": back.url.absoluteString + "/back"])
            }) { first in
                let client = try first.client(token: "secret")
                await #expect(throws: HubError.self) { try await client.fetch(TestRepository.model) }
                #expect(first.server.requests.map { $0.headers["Authorization"] } == [["Bearer secret"]])
                #expect(hub.server.requests.map { $0.headers["Authorization"] } == [[]])
            }
            await back.stop()
        }
    }

    @Test(arguments: [nil, "", "ftp://x/y", "http://", "/again"])
    func badRedirections(_ location: String?) async throws {
        try await withHub(fault: { _, _ in
            TestAnswer(status: .found, headers: location.map { ["Location": $0] } ?? [:])
        }) { hub in
            await #expect { try await hub.fetch() } throws: { label($0) == "badRedirect" }
            #expect(hub.server.requests.count <= 11)
        }
    }

    @Test func noWeights() async throws {
        var repository = TestRepository()
        repository.files = ["config.json": [1]]
        try await withHub(repository) { hub in
            await #expect(throws: HubError.noWeights(model: name)) { try await hub.fetch() }
        }
    }

    @Test func storage() async throws {
        try await withHub { hub in
            // A file where the cache's folder should be.
            try Data().write(to: hub.cache)
            await #expect { try await hub.fetch() } throws: { label($0) == "storage" }
        }
        let room = HubCache(root: FileManager.default.temporaryDirectory, model: TestRepository.model)
        try FileManager.default.createDirectory(at: room.folder, withIntermediateDirectories: true)
        #expect(throws: HubError.diskFull(path: room.folder.path, needed: .max)) { try room.checkRoom(for: .max) }
        try room.checkRoom(for: 1)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func aFullDisk() throws {
        let part = try PartFile(URL(fileURLWithPath: "/dev/full"))
        #expect(throws: HubError.diskFull(path: "/dev/full", needed: nil)) {
            try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try part.append($0) }
        }
        #expect(HubError(CocoaError(.fileWriteOutOfSpace), path: "x") == .diskFull(path: "x", needed: nil))
    }

    @Test func revisions() async throws {
        try await withHub { hub in
            for revision in ["", "a b", "../main", "/main", "a\nb", String(repeating: "a", count: 201)] {
                await #expect(throws: HubError.invalidRevision(revision)) {
                    try await hub.client().fetch(TestRepository.model, revision: revision)
                }
            }
            #expect(hub.server.requests.isEmpty)
        }
    }

    private func label(_ error: any Error) -> String {
        let text = String(reflecting: Mirror(reflecting: error).children.first?.label ?? "")
        return String(text.dropFirst().dropLast())
    }
}
