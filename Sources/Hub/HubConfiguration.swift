public import Foundation

/// Where models come from and where they are kept.
public struct HubConfiguration: Sendable {
    /// The hub's address.
    public var endpoint: URL
    /// The folder for everything that is fetched.
    public var cache: URL
    /// What is sent to the hub, and to no other host, to be let in.
    public var token: String?
    /// Whether only the cache is used.
    public var isOffline: Bool
    /// How often and when a failed request is tried again.
    public var retry: RetryPolicy
    /// The seconds without a byte after which a transfer counts as broken.
    public var silenceLimit: Int

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - endpoint: the hub's address, `http` or `https`.
    ///   - cache: the folder for everything that is fetched.
    ///   - token: what is sent to the hub to be let in.
    ///   - isOffline: whether only the cache is used.
    ///   - retry: how often and when a failed request is tried again.
    /// - Throws: ``HubError/invalidEndpoint(_:)``.
    public init(
        endpoint: URL, cache: URL, token: String? = nil, isOffline: Bool = false, retry: RetryPolicy = RetryPolicy()
    ) throws(HubError) {
        guard Origin(endpoint) != nil, endpoint.query == nil else {
            throw .invalidEndpoint(endpoint.absoluteString)
        }
        self.endpoint = endpoint
        self.cache = cache
        self.token = token
        self.isOffline = isOffline
        self.retry = retry
        silenceLimit = 60
    }

    /// Reads the configuration from environment variables.
    ///
    /// `HF_ENDPOINT` (else https://huggingface.co), `VERB_CACHE` (else `$XDG_CACHE_HOME/verb`, else `~/.cache/verb`),
    /// `HF_TOKEN`, and `HF_HUB_OFFLINE` (1 or true). Empty variables count as absent.
    ///
    /// - Parameter environment: names and values.
    /// - Throws: ``HubError/invalidEndpoint(_:)``.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(HubError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let address = value("HF_ENDPOINT") ?? "https://huggingface.co"
        guard let endpoint = URL(string: address) else { throw .invalidEndpoint(address) }
        let home = value("HOME") ?? FileManager.default.homeDirectoryForCurrentUser.path
        let cache = value("VERB_CACHE") ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/verb"
        try self.init(
            endpoint: endpoint, cache: URL(fileURLWithPath: cache), token: value("HF_TOKEN"),
            isOffline: ["1", "true", "yes", "on"].contains(value("HF_HUB_OFFLINE")?.lowercased()))
    }
}

/// How often and when a failed request is tried again.
public struct RetryPolicy: Sendable, Equatable {
    /// How many attempts in a row may fail; one that brings a mebibyte or more starts the count anew.
    public var attempts: Int
    /// The pause after the first failure; each further one is twice as long.
    public var firstDelay: Duration
    /// The longest pause, also where the hub asks for a longer one.
    public var longestDelay: Duration

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - attempts: how many attempts in a row may fail, at least 1.
    ///   - firstDelay: the pause after the first failure.
    ///   - longestDelay: the longest pause.
    public init(attempts: Int = 5, firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(60)) {
        precondition(attempts >= 1, "retry policy: \(attempts) attempts")
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// The pause after some failures in a row.
    ///
    /// - Parameters:
    ///   - failures: how many attempts have failed, at least 1.
    ///   - error: the last failure, whose wish is respected.
    /// - Returns: a pause within the limit.
    func delay(after failures: Int, _ error: HubError) -> Duration {
        if case .serverFailure(_, _, let wish?) = error { return min(max(wish, .zero), longestDelay) }
        return min(firstDelay * (1 << min(failures - 1, 20)), longestDelay)
    }
}

/// Scheme, host and port: what a token is bound to.
struct Origin: Equatable {
    let scheme: String
    let host: String
    let port: Int

    /// Nil unless the URL is `http` or `https` with a host.
    init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host?.lowercased(), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = url.port ?? (scheme == "https" ? 443 : 80)
    }
}
