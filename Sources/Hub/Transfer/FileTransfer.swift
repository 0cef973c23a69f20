import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The transfer of one file: resumed after breaks, checked, and moved to its place when it is whole.
struct FileTransfer {
    let transport: HubTransport
    let model: ModelName
    let file: HubFile
    let source: URL
    let retry: RetryPolicy
    let clock: any Clock<Duration>
    /// Told the bytes of this file that are there, after each change.
    let report: (Int64) -> Void

    /// Bytes of progress that make earlier failures forgotten.
    private static let notableProgress: Int64 = 1 << 20

    /// Fetches the file.
    ///
    /// - Parameters:
    ///   - url: where bytes are gathered; what is there already is used.
    ///   - destination: where the file goes when it is whole and right.
    /// - Throws: ``HubError``; on ``HubError/cancelled`` and broken transfers the part stays, on wrong content it goes.
    func run(part url: URL, destination: URL) async throws(HubError) {
        let part = try PartFile(url)
        try await gather(part)
        if try damage(in: part) != nil, part.isResumed {
            // What an earlier attempt left may be the damage: one fetch from the start decides.
            try part.restart()
            try await gather(part)
        }
        if let damage = try damage(in: part) {
            part.discard()
            throw damage
        }
        try part.move(to: destination)
    }

    /// Attempts until the part has all bytes.
    private func gather(_ part: PartFile) async throws(HubError) {
        var failures = 0
        while true {
            let before = part.count
            do throws(HubError) {
                return try await attempt(part)
            } catch {
                guard error.isTransient else { throw error }
                if part.count - before >= Self.notableProgress { failures = 0 }
                failures += 1
                guard failures < retry.attempts else { throw error }
                try await pause(retry.delay(after: failures, error), clock: clock)
            }
        }
    }

    private func attempt(_ part: PartFile) async throws(HubError) {
        if let size = file.size {
            if part.count > size { try part.restart() }
            report(part.count)
            if part.count == size { return }
        }
        let response = try await transport.get(source, headers: try resumption(of: part))
        let notFound = HubError.fileNotFound(model: model.description, file: file.path)
        if let error = response.failure(url: source, notFound: notFound, model: model, transport: transport) {
            throw error
        }
        guard try accept(response, part) else { return }
        try await receive(response.body, part)
        if let size = file.size, part.count < size { throw interrupted(part, "the hub ended it early") }
    }

    /// The headers that ask for the rest only.
    ///
    /// Without a tag or a checksum the rest might be another file's.
    private func resumption(of part: PartFile) throws(HubError) -> HTTPHeaders {
        guard part.count > 0 else { return [:] }
        var headers = HTTPHeaders([("Range", "bytes=\(part.count)-")])
        if let tag = part.tag, !tag.hasPrefix("W/") {
            headers.add(name: "If-Range", value: tag)
        } else if file.checksum == nil {
            try part.restart()
            return [:]
        }
        return headers
    }

    /// Prepares the part for the body of an answer.
    ///
    /// - Returns: false when nothing is missing.
    private func accept(_ response: HTTPClientResponse, _ part: PartFile) throws(HubError) -> Bool {
        let tag = response.headers.first(name: "ETag")
        let range = ContentRange(response.headers.first(name: "Content-Range") ?? "")
        switch response.status.code {
        case 206:
            let isSameFile = tag == nil || part.tag == nil || tag == part.tag
            let isSameSize = range?.total == nil || file.size == nil || range?.total == file.size
            guard range?.start == part.count, isSameFile, isSameSize else {
                try part.restart()
                throw interrupted(part, "the file has changed on the hub")
            }
            part.isResumed = true
        case 416:
            // With an unknown size, this is how a hub says that the part is all there is.
            if file.size == nil, part.count > 0, range?.total == part.count { return false }
            try part.restart()
            throw interrupted(part, "the hub does not know the rest")
        default:
            // The whole file: the hub does not resume, or the content has changed.
            if let size = file.size, let length = response.headers.first(name: "Content-Length").flatMap(Int64.init),
                length != size
            {
                part.discard()
                throw .wrongSize(file: file.path, expected: size, actual: length)
            }
            try part.restart(tag: tag)
        }
        return true
    }

    private func receive(_ body: HTTPClientResponse.Body, _ part: PartFile) async throws(HubError) {
        do {
            for try await buffer in body {
                if let size = file.size, part.count + Int64(buffer.readableBytes) > size {
                    let actual = part.count + Int64(buffer.readableBytes)
                    part.discard()
                    throw HubError.wrongSize(file: file.path, expected: size, actual: actual)
                }
                try buffer.withUnsafeReadableBytes { bytes in try part.append(bytes) }
                report(part.count)
            }
        } catch let error as HubError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : interrupted(part, HubTransport.reason(error))
        }
        // A cancelled body may also just end.
        guard !Task.isCancelled else { throw .cancelled }
    }

    private func interrupted(_ part: PartFile, _ reason: String) -> HubError {
        .interrupted(file: file.path, received: part.count, reason: reason)
    }

    private func damage(in part: PartFile) throws(HubError) -> HubError? {
        guard let checksum = file.checksum else { return nil }
        let expected =
            switch checksum {
            case .sha256(let text), .gitBlob(let text): text
            }
        let actual = try part.digest(like: checksum)
        return actual == expected ? nil : .wrongChecksum(file: file.path, expected: expected, actual: actual)
    }
}

/// `bytes 10-19/20`, `bytes 10-19/*` or `bytes */20`.
struct ContentRange: Equatable {
    let start: Int64?
    let total: Int64?

    /// Nil when the header is something else.
    init?(_ header: String) {
        guard header.hasPrefix("bytes ") else { return nil }
        let parts = header.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        start = parts[0].split(separator: "-").first.flatMap { Int64($0) }
        total = Int64(parts[1])
    }
}

/// Waits before another attempt.
///
/// - Parameters:
///   - duration: how long.
///   - clock: what measures it.
/// - Throws: ``HubError/cancelled``.
func pause(_ duration: Duration, clock: any Clock<Duration>) async throws(HubError) {
    do {
        try await clock.sleep(for: duration)
    } catch {
        throw .cancelled
    }
}
