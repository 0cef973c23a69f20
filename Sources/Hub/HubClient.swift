import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Fetches models from a Hugging Face-style hub into a cache folder.
///
///     let hub = HubClient(try HubConfiguration())
///     let model = try await hub.fetch(try ModelName("openai/clip-vit-base-patch16")) { print($0.bytes) }
///     model.folder                                     // config.json, model.safetensors, tokenizer.json …
///
/// Transfers are resumed after breaks, checked against the sizes and checksums that the hub lists, and appear in the
/// cache only when they are whole. Several processes may fetch at once: each model is fetched by one of them.
public struct HubClient: Sendable {
    /// Where models come from and where they are kept.
    public let configuration: HubConfiguration
    private let clock: any Clock<Duration>

    /// Makes a client; nothing is opened before it is used.
    ///
    /// - Parameters:
    ///   - configuration: where models come from and where they are kept.
    ///   - clock: what pauses and speeds are measured by.
    public init(_ configuration: HubConfiguration, clock: any Clock<Duration> = ContinuousClock()) {
        self.configuration = configuration
        self.clock = clock
    }

    /// Asks the hub what a revision of a model consists of.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - revision: a branch, a tag or a commit.
    /// - Returns: the commit and its files.
    /// - Throws: ``HubError``.
    public func resolve(_ model: ModelName, revision: String = "main") async throws(HubError) -> HubListing {
        try Self.check(revision)
        return try await withTransport { transport throws(HubError) in
            try await listing(model, revision, transport, attempts: configuration.retry.attempts)
        }
    }

    /// Fetches the files that a CLIP model directory needs, as far as they are not in the cache.
    ///
    /// When the hub cannot be reached, or only the cache is to be used, the cached snapshot is returned, and its
    /// ``FetchedModel/source`` says why.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - revision: a branch, a tag or a commit.
    ///   - progress: told about each piece that arrives, on the calling task.
    /// - Returns: the folder with the files.
    /// - Throws: ``HubError``.
    public func fetch(
        _ model: ModelName, revision: String = "main", progress: @escaping (HubProgress) -> Void = { _ in }
    ) async throws(HubError) -> FetchedModel {
        try Self.check(revision)
        let known = cached(model, revision: revision)
        if configuration.isOffline {
            guard let known else {
                throw .notCached(
                    model: model.description, revision: revision, cache: configuration.cache.path)
            }
            return known.from(.cache(reason: "offline"))
        }
        // A commit never changes, so a complete one needs no question.
        if let known, HubCache.isCommit(revision) { return known.from(.cache(reason: "the commit is complete")) }
        return try await withTransport { transport throws(HubError) in
            let listing: HubListing
            do throws(HubError) {
                let attempts = known == nil ? configuration.retry.attempts : 1
                listing = try await self.listing(model, revision, transport, attempts: attempts)
            } catch {
                guard let known, error.isTransient else { throw error }
                return known.from(.cache(reason: error.description))
            }
            return try await fetch(listing, model, revision, transport, progress)
        }
    }

    /// What the cache has of a model.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - revision: a branch, a tag or a commit.
    /// - Returns: nil when it has no complete snapshot of the revision.
    public func cached(_ model: ModelName, revision: String = "main") -> FetchedModel? {
        let cache = HubCache(root: configuration.cache, model: model)
        return cache.commit(for: revision).map { commit in
            FetchedModel(folder: cache.snapshot(commit), commit: commit, source: .cache(reason: "asked for"))
        }
    }

    private static func check(_ revision: String) throws(HubError) {
        let isPlain = revision.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\u{7F}" && $0 != "\\" }
        guard isPlain, 1...200 ~= revision.utf8.count, !revision.contains(".."), !revision.hasPrefix("/") else {
            throw .invalidRevision(revision)
        }
    }

    private func withTransport<T: Sendable>(
        _ body: (HubTransport) async throws(HubError) -> T
    ) async throws(HubError) -> T {
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout = .init(connect: .seconds(15), read: .seconds(Int64(configuration.silenceLimit)))
        // Failed connections are tried again here, where the user can be told and the clock is known.
        settings.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let transport = HubTransport(client: client, endpoint: configuration.endpoint, token: configuration.token)
        let result: Result<T, HubError>
        do throws(HubError) {
            result = .success(try await body(transport))
        } catch {
            result = .failure(error)
        }
        // Closing can only fail when it was done before.
        try? await client.shutdown()
        return try result.get()
    }

    private func listing(
        _ model: ModelName, _ revision: String, _ transport: HubTransport, attempts: Int
    ) async throws(HubError) -> HubListing {
        var failures = 0
        while true {
            do throws(HubError) {
                return try await listing(model, revision, transport)
            } catch {
                failures += 1
                guard error.isTransient, failures < attempts else { throw error }
                try await pause(configuration.retry.delay(after: failures, error), clock: clock)
            }
        }
    }

    private func listing(
        _ model: ModelName, _ revision: String, _ transport: HubTransport
    ) async throws(HubError) -> HubListing {
        let url = url("/api/models/\(model)/revision/\(Self.escaped(revision))", query: "blobs=true")
        let response = try await transport.get(url, headers: ["Accept": "application/json"])
        let isUnknownRevision = response.headers.first(name: "X-Error-Code") == "RevisionNotFound"
        let notFound: HubError =
            isUnknownRevision
            ? .revisionNotFound(model: model.description, revision: revision)
            : .modelNotFound(model: model.description, endpoint: configuration.endpoint.absoluteString)
        if let error = response.failure(url: url, notFound: notFound, model: model, transport: transport) {
            throw error
        }
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: 1 << 25)
        } catch is NIOTooManyBytesError {
            throw .malformedListing(model: model.description, reason: "it is longer than 32 MiB")
        } catch {
            throw Task.isCancelled
                ? .cancelled : .unreachable(host: url.host ?? "", reason: HubTransport.reason(error))
        }
        return try HubListing(json: Data(body.readableBytesView), model: model)
    }

    private func fetch(
        _ listing: HubListing, _ model: ModelName, _ revision: String, _ transport: HubTransport,
        _ progress: @escaping (HubProgress) -> Void
    ) async throws(HubError) -> FetchedModel {
        let files = try ModelFiles.needed(of: listing.files, model: model)
        let cache = HubCache(root: configuration.cache, model: model)
        let lock = try await FolderLock.taken(cache.lockFile, clock: clock)
        defer { withExtendedLifetime(lock) {} }

        var missing: [HubFile] = []
        for file in files where !cache.holds(file, commit: listing.commit) {
            if !cache.reuse(file, commit: listing.commit) { missing.append(file) }
        }
        try cache.checkRoom(for: missing.reduce(0) { $0 + ($1.size ?? 0) })
        var tracker = ProgressTracker(files: files, missing: missing, clock: clock)
        for file in missing {
            let transfer = FileTransfer(
                transport: transport, model: model, file: file,
                source: url("/\(model)/resolve/\(listing.commit)/\(Self.escaped(file.path, keepingSlashes: true))"),
                retry: configuration.retry, clock: clock
            ) { bytes in progress(tracker.update(file, bytes: bytes)) }
            try await transfer.run(
                part: cache.parts(listing.commit).appendingPathComponent(file.path + ".part"),
                destination: cache.snapshot(listing.commit).appendingPathComponent(file.path))
            tracker.finish(file)
        }
        try cache.complete(listing.commit, files: files, revision: revision)
        let source: FetchedModel.Source = missing.isEmpty ? .cache(reason: "nothing has changed") : .hub
        return FetchedModel(folder: cache.snapshot(listing.commit), commit: listing.commit, source: source)
    }

    /// The endpoint may have a path of its own, as mirrors do.
    private func url(_ path: String, query: String? = nil) -> URL {
        var text = configuration.endpoint.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        let address = text + path + (query.map { "?" + $0 } ?? "")
        guard let url = URL(string: address) else { preconditionFailure("hub: \(address) is not a URL") }
        return url
    }

    private static func escaped(_ text: String, keepingSlashes: Bool = false) -> String {
        let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + (keepingSlashes ? "/" : "")
        return text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: plain)) ?? text
    }
}
