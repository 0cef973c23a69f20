import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import Hub

@Suite("Fetching a model")
struct FetchTests {
    private let repository = TestRepository()
    private var needed: [String: [UInt8]] { repository.files.filter { TestRepository.needed.contains($0.key) } }

    @Test func allThatAModelDirectoryNeeds() async throws {
        try await withHub { hub in
            let seen = Mutex<[HubProgress]>([])
            let model = try await hub.fetch { progress in seen.withLock { $0.append(progress) } }
            #expect(model.commit == TestRepository.commit)
            #expect(model.source == .hub)
            #expect(model.folder.lastPathComponent == TestRepository.commit)
            #expect(try contents(model) == needed)
            #expect(
                !FileManager.default.fileExists(atPath: hub.folder.appendingPathComponent("parts/" + model.commit).path)
            )
            let total = Int64(needed.values.reduce(0) { $0 + $1.count })
            let progress = seen.withLock { $0 }
            #expect(progress.last?.bytes == total)
            #expect(progress.allSatisfy { $0.totalBytes == total && $0.fileCount == 4 && $0.bytes <= total })
            #expect(progress.map(\.bytes) == progress.map(\.bytes).sorted())
            #expect(progress.map(\.fileNumber).max() == 4)
            let request = try #require(hub.requests(repository.path("config.json")).first)
            #expect(request.headers["Authorization"].isEmpty && request.headers["Range"].isEmpty)
        }
    }

    @Test func whatIsCachedIsNotFetchedAgain() async throws {
        try await withHub { hub in
            let first = try await hub.fetch()
            let count = hub.server.requests.count
            let second = try await hub.fetch()
            #expect(second.source == .cache(reason: "nothing has changed"))
            #expect(second.folder == first.folder)
            #expect(hub.server.requests.count == count + 1)
            // A commit is not even asked for.
            let third = try await hub.client().fetch(TestRepository.model, revision: first.commit)
            #expect(third.folder == first.folder)
            #expect(hub.server.requests.count == count + 1)
        }
    }

    @Test func revisionsWithSlashes() async throws {
        try await withHub { hub in
            let model = try await hub.client().fetch(TestRepository.model, revision: "refs/pr/1")
            #expect(hub.server.requests.first?.path == "/api/models/openai/clip-test/revision/refs%2Fpr%2F1?blobs=true")
            #expect(try hub.client().cached(TestRepository.model, revision: "refs/pr/1")?.commit == model.commit)
            #expect(try hub.client().cached(TestRepository.model, revision: "main") == nil)
        }
    }

    @Test func endpointsWithAPath() async throws {
        let repository = repository
        try await withHub(fault: { request, _ in
            let path = String(request.path.dropFirst("/mirror".count))
            return repository.answer(TestRequest(path: path, headers: request.headers, earlier: request.earlier))
        }) { hub in
            let client = try hub.client(endpoint: hub.server.url.appendingPathComponent("mirror/"))
            #expect(try contents(await client.fetch(TestRepository.model)) == needed)
            #expect(hub.server.requests.allSatisfy { $0.path.hasPrefix("/mirror/") })
        }
    }

    /// Only what differs between two commits is fetched.
    @Test func unchangedFilesOfAnotherCommit() async throws {
        let moved = Mutex(false)
        var changed = repository
        changed.commit = String(repeating: "ab", count: 20)
        changed.files["config.json"] = Array("{}".utf8)
        try await withHub(fault: { [changed] request, _ in
            moved.withLock { $0 } ? changed.answer(request) : nil
        }) { hub in
            let old = try await hub.fetch()
            moved.withLock { $0 = true }
            let new = try await hub.fetch()
            #expect(new.commit == changed.commit)
            #expect(try contents(new)["config.json"] == Array("{}".utf8))
            #expect(try contents(new).count == 4)
            #expect(try contents(old) == needed)
            #expect(hub.requests(changed.path("config.json")).count == 1)
            #expect(hub.requests(changed.path("model.safetensors")).isEmpty)
        }
    }

    @Test func twoAtOnceFetchEachFileOnce() async throws {
        try await withHub { hub in
            let client = try hub.client()
            async let first = client.fetch(TestRepository.model)
            async let second = client.fetch(TestRepository.model)
            let models = try await [first, second]
            #expect(models[0].folder == models[1].folder)
            #expect(try contents(models[0]) == needed)
            #expect(hub.requests(repository.path("model.safetensors")).count == 1)
        }
    }

    @Test func theLockIsHeldByOne() async throws {
        try await withHub { hub in
            let file = hub.folder.appendingPathComponent(".lock")
            var lock: FolderLock? = try await FolderLock.taken(file, clock: hub.clock)
            // The result is thrown away in the task, since a task keeps its result.
            let next = Task { [clock = hub.clock] in _ = try await FolderLock.taken(file, clock: clock) }
            while hub.clock.pauses.count < 3 { await Task.yield() }
            withExtendedLifetime(lock) {}
            lock = nil
            try await next.value
            // Waiting ends with the task.
            lock = try await FolderLock.taken(file, clock: hub.clock)
            let waiting = Task { [clock = hub.clock] in _ = try await FolderLock.taken(file, clock: clock) }
            waiting.cancel()
            await #expect(throws: HubError.cancelled) { try await waiting.value }
            withExtendedLifetime(lock) {}
        }
    }

    @Test func offline() async throws {
        try await withHub { hub in
            let offline = try hub.client(offline: true)
            await #expect(
                throws: HubError.notCached(
                    model: "openai/clip-test", revision: "main", cache: hub.cache.path)
            ) { try await offline.fetch(TestRepository.model) }
            #expect(hub.server.requests.isEmpty)
            let model = try await hub.fetch()
            let count = hub.server.requests.count
            #expect(try await offline.fetch(TestRepository.model) == model.from(.cache(reason: "offline")))
            #expect(hub.server.requests.count == count)
            // A snapshot that has lost a file is not complete.
            try FileManager.default.removeItem(at: model.folder.appendingPathComponent("config.json"))
            await #expect(throws: HubError.self) { try await offline.fetch(TestRepository.model) }
        }
    }

    @Test func noServerAtAll() async throws {
        try await withHub { hub in
            let model = try await hub.fetch()
            await hub.server.stop()
            let again = try await hub.fetch()
            #expect(again.folder == model.folder)
            guard case .cache(let reason) = again.source else {
                Issue.record("not from the cache")
                return
            }
            #expect(reason.hasPrefix("127.0.0.1 cannot be reached: "))
            #expect(hub.clock.pauses.isEmpty)

            let other = try ModelName("openai/other")
            await #expect {
                try await hub.client().fetch(other)
            } throws: { error in
                guard case .unreachable("127.0.0.1", let reason)? = error as? HubError else { return false }
                return reason == "connection refused"
            }
            #expect(hub.clock.pauses == [1, 2, 4, 8].map { .seconds($0) })
        }
    }

    @Test func aHubWithoutEncryption() async throws {
        try await withHub { hub in
            let address = hub.server.url.absoluteString.replacing("http:", with: "https:")
            let client = try hub.client(endpoint: URL(string: address))
            let expected = HubError.unreachable(host: "127.0.0.1", reason: "it does not speak TLS as expected")
            await #expect(throws: expected) { try await client.resolve(TestRepository.model) }
        }
    }

    @Test func aHubThatIsOutOfOrderLeavesTheCache() async throws {
        let isBroken = Mutex(false)
        try await withHub(fault: { _, _ in
            isBroken.withLock { $0 } ? TestAnswer(status: .badGateway) : nil
        }) { hub in
            let model = try await hub.fetch()
            isBroken.withLock { $0 = true }
            #expect(try await hub.fetch().folder == model.folder)
        }
    }
}
