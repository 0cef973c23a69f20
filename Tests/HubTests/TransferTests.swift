import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import Hub

@Suite("Broken transfers")
struct TransferTests {
    private let repository = TestRepository()
    private let weights = "model.safetensors"
    private var body: [UInt8] { repository.files[weights] ?? [] }
    private var path: String { repository.path(weights) }

    /// A hub on which only the weights are out of order.
    private func withFault(
        _ repository: TestRepository = TestRepository(),
        _ fault: @escaping @Sendable (TestRequest, [UInt8]) -> TestAnswer?,
        _ body: (TestHub) async throws -> Void
    ) async throws {
        try await withHub(
            repository,
            fault: { [path] request, repository in
                request.path == path ? fault(request, repository.files["model.safetensors"] ?? []) : nil
            }, body)
    }

    private func expectSound(_ model: FetchedModel) throws {
        #expect(try contents(model)[weights] == body)
        #expect(try contents(model).count == 4)
    }

    @Test func resumedAfterACut() async throws {
        let tag = repository.tag(weights)
        try await withFault { request, body in
            request.earlier == 0 ? TestAnswer(headers: ["ETag": tag], body: body, cut: 100_000) : nil
        } _: { hub in
            try expectSound(try await hub.fetch())
            let requests = hub.requests(path)
            #expect(requests.count == 2)
            // Of what was on its way when the connection broke, some may be lost.
            let range = try #require(requests.last?.headers.first(name: "Range") ?? "bytes=0-")
            let start = try #require(Int(range.dropFirst("bytes=".count).dropLast()))
            #expect(0...100_000 ~= start)
            #expect(start == 0 || requests.last?.headers["If-Range"] == [tag])
            #expect(hub.clock.pauses == [.seconds(1)])
        }
    }

    @Test func resumedByALaterRun() async throws {
        try await withHub { hub in
            try hub.leave(body.prefix(123), tag: repository.tag(weights), of: weights)
            let seen = Mutex<[HubProgress]>([])
            try expectSound(try await hub.fetch { progress in seen.withLock { $0.append(progress) } })
            #expect(hub.requests(path).map { $0.headers["Range"] } == [["bytes=123-"]])
            #expect(seen.withLock { $0.contains { $0.file == weights && $0.bytes >= 123 } })
        }
    }

    @Test func wholeAlreadyButNotMoved() async throws {
        try await withHub { hub in
            try hub.leave(body, tag: nil, of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).isEmpty)
        }
    }

    @Test func aHubThatIgnoresRanges() async throws {
        var repository = repository
        repository.resumes = false
        try await withHub(repository) { hub in
            try hub.leave(body.prefix(5_000), tag: repository.tag(weights), of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).map { $0.headers["Range"] } == [["bytes=5000-"]])
        }
    }

    /// The hub sees by If-Range that the part is of other content, and sends everything.
    @Test func anotherTag() async throws {
        try await withHub { hub in
            try hub.leave([1, 2, 3], tag: "\"old\"", of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).map { $0.headers["If-Range"] } == [["\"old\""]])
        }
    }

    /// The hub ignores If-Range; the answer's tag tells.
    @Test func anotherTagAndAHubThatResumesAllTheSame() async throws {
        try await withFault { request, body in
            guard request.headers.contains(name: "Range") else { return nil }
            return TestAnswer(
                status: .partialContent,
                headers: ["ETag": "\"new\"", "Content-Range": "bytes 3-\(body.count - 1)/\(body.count)"],
                body: Array(body[3...]))
        } _: { hub in
            try hub.leave([1, 2, 3], tag: "\"old\"", of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).count == 2)
        }
    }

    /// No tag at all: the checksum tells, and one fetch from the start decides.
    @Test(arguments: [nil, "W/\"weak\""])
    func otherContentWithoutATag(_ tag: String?) async throws {
        try await withFault { request, body in
            guard let range = request.headers.first(name: "Range") else { return TestAnswer(body: body) }
            #expect(range == "bytes=3-" && !request.headers.contains(name: "If-Range"))
            return TestAnswer(
                status: .partialContent, headers: ["Content-Range": "bytes 3-\(body.count - 1)/\(body.count)"],
                body: Array(body[3...]))
        } _: { hub in
            try hub.leave([1, 2, 3], tag: tag, of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).count == 2)
        }
    }

    /// Without a checksum and a tag, a rest could be another file's, so it is not asked for.
    @Test func noTagAndNoChecksum() async throws {
        var repository = repository
        repository.listed[weights] = #"{"rfilename": "model.safetensors"}"#
        try await withHub(repository) { hub in
            try hub.leave([1, 2, 3], tag: nil, of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).map { $0.headers["Range"] } == [[]])
        }
    }

    @Test func aRangeThatTheHubDoesNotKnow() async throws {
        try await withFault { request, _ in
            request.headers.contains(name: "Range")
                ? TestAnswer(status: .rangeNotSatisfiable, headers: ["Content-Range": "bytes */2"]) : nil
        } _: { hub in
            try hub.leave(body.prefix(10), tag: repository.tag(weights), of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).count == 2)
        }
    }

    /// Where the listing has no size, the answer that there is no rest says that all is there.
    @Test func aPartThatIsWholeForAnUnknownSize() async throws {
        var repository = repository
        repository.listed[weights] = #"{"rfilename": "model.safetensors"}"#
        try await withHub(repository) { hub in
            try hub.leave(body, tag: repository.tag(weights), of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).count == 1)
        }
    }

    @Test func aPartThatIsTooLong() async throws {
        try await withHub { hub in
            try hub.leave(body + [0], tag: repository.tag(weights), of: weights)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).map { $0.headers["Range"] } == [[]])
        }
    }

    @Test func alwaysCut() async throws {
        try await withFault { _, body in
            TestAnswer(headers: ["ETag": "\"a\""], body: body, cut: 10)
        } _: { hub in
            await #expect {
                try await hub.fetch()
            } throws: { error in
                guard case .interrupted("model.safetensors", let received, _)? = error as? HubError else {
                    return false
                }
                return 0...10 ~= received
            }
            #expect(hub.requests(path).count == 5)
            #expect(hub.clock.pauses == [1, 2, 4, 8].map { .seconds($0) })
            #expect(FileManager.default.fileExists(atPath: hub.part(weights).path))
            let cached = try hub.client().cached(TestRepository.model)
            #expect(cached == nil)
        }
    }

    @Test func wrongSizes() async throws {
        let count = Int64(body.count)
        for (answer, actual) in [
            (TestAnswer(body: body + [0]), count + 1), (TestAnswer(body: body.dropLast()), count - 1),
        ] {
            try await withFault { _, _ in
                answer
            } _: { hub in
                await #expect(throws: HubError.wrongSize(file: weights, expected: count, actual: actual)) {
                    try await hub.fetch()
                }
                #expect(hub.requests(path).count == 1)
                #expect(!FileManager.default.fileExists(atPath: hub.part(weights).path))
            }
        }
        // Without a length the excess shows when it arrives.
        try await withFault { _, body in
            TestAnswer(body: body + [0], isChunked: true)
        } _: { hub in
            await #expect {
                try await hub.fetch()
            } throws: { error in
                guard case .wrongSize("model.safetensors", count, let actual)? = error as? HubError else {
                    return false
                }
                return actual > count
            }
        }
        // And too little is an early end.
        try await withFault { request, body in
            request.earlier == 0 ? TestAnswer(body: body.dropLast(), isChunked: true) : nil
        } _: { hub in
            try expectSound(try await hub.fetch())
        }
    }

    @Test func wrongChecksums() async throws {
        let broken = [body[0] ^ 1] + body.dropFirst()
        try await withFault { _, _ in
            TestAnswer(body: broken)
        } _: { hub in
            await #expect {
                try await hub.fetch()
            } throws: { error in
                guard case .wrongChecksum("model.safetensors", _, _)? = error as? HubError else { return false }
                return true
            }
            #expect(hub.requests(path).count == 1)
            #expect(!FileManager.default.fileExists(atPath: hub.part(weights).path))
            let cached = try hub.client().cached(TestRepository.model)
            #expect(cached == nil)
        }
    }

    @Test func smallFilesAreCheckedByTheirIdInGit() async throws {
        var repository = repository
        let sum = String(repeating: "e", count: 40)
        repository.listed["config.json"] = repository.sibling(
            "config.json", repository.files["config.json"] ?? [], sum: sum)
        try await withHub(repository) { hub in
            await #expect {
                try await hub.fetch()
            } throws: { error in
                guard case .wrongChecksum("config.json", sum, _)? = error as? HubError else { return false }
                return true
            }
        }
    }

    @Test func failuresThatPass() async throws {
        try await withHub(fault: { request, _ in
            switch (request.path, request.earlier) {
            case (TestRepository.listing, 0): TestAnswer(status: .internalServerError)
            case (TestRepository.listing, 1): TestAnswer(status: .tooManyRequests, headers: ["Retry-After": "7"])
            case (TestRepository.listing, 2): TestAnswer(status: .serviceUnavailable, headers: ["Retry-After": "9999"])
            case (let path, 0) where path.hasSuffix("config.json"): TestAnswer(status: .badGateway)
            default: nil
            }
        }) { hub in
            try expectSound(try await hub.fetch())
            // config.json and preprocessor_config.json fail once each.
            #expect(hub.clock.pauses == [1, 7, 60, 1, 1].map { .seconds($0) })
        }
    }

    @Test func failuresThatStay() async throws {
        try await withFault { _, _ in
            TestAnswer(status: .serviceUnavailable)
        } _: { hub in
            let url = hub.server.url.absoluteString + path
            await #expect(throws: HubError.serverFailure(url: url, status: 503, retryAfter: nil)) {
                try await hub.fetch()
            }
            #expect(hub.requests(path).count == 5)
        }
    }

    /// The hub sends a little and then nothing: cancelling ends it, and the part stays for the next time.
    @Test func cancellation() async throws {
        let tag = repository.tag(weights)
        try await withFault { request, body in
            request.earlier == 0 ? TestAnswer(headers: ["ETag": tag], body: body, stall: 1_000) : nil
        } _: { hub in
            let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
            let client = try hub.client()
            let task = Task {
                try await client.fetch(TestRepository.model) { progress in
                    if progress.file == "model.safetensors", progress.bytes >= 1_000 { arrived.yield() }
                }
            }
            for await _ in arrivals { break }
            task.cancel()
            await #expect(throws: HubError.cancelled) { try await task.value }
            let left = try FileManager.default.attributesOfItem(atPath: hub.part(weights).path)[.size] as? Int
            #expect(left == 1_000)
            try expectSound(try await hub.fetch())
            #expect(hub.requests(path).last?.headers["Range"] == ["bytes=1000-"])
        }
    }

    @Test func cancelledBeforeAnything() async throws {
        try await withHub { hub in
            let client = try hub.client()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.fetch(TestRepository.model)
            }
            await #expect(throws: HubError.cancelled) { try await task.value }
        }
    }
}
