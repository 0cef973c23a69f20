import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Requests to a hub, redirections included.
///
/// The token goes to the hub's own origin only: a redirection to another host, scheme or port loses it for good.
struct HubTransport: Sendable {
    let client: HTTPClient
    let endpoint: URL
    let token: String?

    private static let redirectLimit = 10
    private static let redirects = [301, 302, 303, 307, 308]

    /// Gets a URL.
    ///
    /// - Parameters:
    ///   - url: what to get.
    ///   - headers: what to send beside the token.
    /// - Returns: the answer, whatever its status, with its body still to be read; never a redirection.
    /// - Throws: ``HubError/unreachable(host:reason:)``, ``HubError/badRedirect(url:reason:)`` or
    ///   ``HubError/cancelled``.
    func get(_ url: URL, headers: HTTPHeaders = [:]) async throws(HubError) -> HTTPClientResponse {
        var url = url
        var isTrusted = Origin(url) == Origin(endpoint)
        for _ in 0...Self.redirectLimit {
            var request = HTTPClientRequest(url: url.absoluteString)
            request.headers = headers
            request.headers.add(name: "User-Agent", value: "verb")
            request.headers.add(name: "Accept-Encoding", value: "identity")
            if isTrusted, let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
            let response = try await execute(request, host: url.host ?? "")
            guard Self.redirects.contains(Int(response.status.code)) else { return response }
            let target = try target(of: response, from: url)
            isTrusted = isTrusted && Origin(target) == Origin(endpoint)
            url = target
        }
        throw .badRedirect(url: url.absoluteString, reason: "more than \(Self.redirectLimit) in a row")
    }

    private func execute(_ request: HTTPClientRequest, host: String) async throws(HubError) -> HTTPClientResponse {
        do {
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw Task.isCancelled ? .cancelled : .unreachable(host: host, reason: Self.reason(error))
        }
    }

    private func target(of response: HTTPClientResponse, from url: URL) throws(HubError) -> URL {
        guard let location = response.headers.first(name: "Location"),
            let target = URL(string: location, relativeTo: url)?.absoluteURL, let origin = Origin(target)
        else { throw .badRedirect(url: url.absoluteString, reason: "no usable address") }
        guard origin.scheme == "https" || Origin(url)?.scheme == "http" else {
            throw .badRedirect(url: url.absoluteString, reason: "from https to http")
        }
        return target
    }

    /// What went wrong, in words.
    static func reason(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case .connectTimeout?: return "no answer to the connection"
        case .readTimeout?: return "no data for too long"
        case .remoteConnectionClosed?: return "the connection was closed"
        case let error?: return error.shortDescription
        case nil: break
        }
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)).lowercased() }
        let text = "\(error)"
        if text.contains("UnknownHost") { return "there is no host of this name" }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
        if text.contains("handshakeFailed") { return "it does not speak TLS as expected" }
        return text
    }
}

extension HTTPClientResponse {
    /// The error that a status stands for, when it stands for one.
    ///
    /// - Parameters:
    ///   - url: what was asked for.
    ///   - notFound: what 404 means here.
    ///   - model: the model that messages name.
    ///   - transport: how the answer was got.
    /// - Returns: nil for 2xx and 416.
    func failure(
        url: URL, notFound: HubError, model: ModelName, transport: HubTransport
    ) -> HubError? {
        let code = Int(status.code)
        let endpoint = transport.endpoint.absoluteString
        switch (code, headers.first(name: "X-Error-Code")) {
        case (200..<300, _), (416, _): return nil
        case (_, "GatedRepo"): return .forbidden(model: model.description, endpoint: endpoint)
        case (404, "RepoNotFound"): return .modelNotFound(model: model.description, endpoint: endpoint)
        case (404, _): return notFound
        case (401, _): return .unauthorized(model: model.description, hasToken: transport.token != nil)
        case (403, _): return .forbidden(model: model.description, endpoint: endpoint)
        case (408, _), (429, _), (500..<600, _):
            return .serverFailure(url: url.absoluteString, status: code, retryAfter: retryAfter)
        default: return .unexpectedStatus(url: url.absoluteString, status: code)
        }
    }

    /// The pause that the hub asks for; dates are not used by hubs.
    private var retryAfter: Duration? {
        headers.first(name: "Retry-After").flatMap(Int64.init).map { .seconds(max(0, min($0, 86_400))) }
    }
}
