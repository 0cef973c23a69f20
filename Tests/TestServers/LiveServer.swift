internal import Foundation

/// A server on 127.0.0.1: its n-th connection gets the n-th answer and is closed; then nothing listens any more.
public final class LiveServer: Sendable {
    /// Where it listens.
    public let port: Int

    /// What is sent before an answer.
    public enum Header: Sendable {
        /// Nothing: the answer is all.
        case none
        /// That of HTTP without a length, as of a live stream; a request is read first.
        case http
        /// That of HTTP with so many bytes as the length, as of a file; parts cannot be asked for.
        case httpWithLength(Int)

        var bytes: [UInt8]? {
            switch self {
            case .none: nil
            case .http: Array("HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\n\r\n".utf8)
            case .httpWithLength(let length):
                Array("HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: \(length)\r\n\r\n".utf8)
            }
        }
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - answers: what is sent; nil sends nothing and keeps the connection open.
    ///   - header: what is sent before each.
    ///   - staysOpen: whether the last connection is kept open after its answer.
    /// - Throws: an error where there is no port.
    public init(_ answers: [[UInt8]?], header: Header = .http, staysOpen: Bool = false) throws {
        let listener = try Self.listen()
        port = Self.port(of: listener)
        Thread.detachNewThread {
            for (number, answer) in answers.enumerated() {
                let connection = accept(listener, nil, nil)
                // Whoever comes back too early must not be kept waiting.
                if number == answers.count - 1 { close(listener) }
                guard let answer else { continue }
                if let header = header.bytes {
                    Self.readRequest(connection)
                    Self.send(header, to: connection)
                }
                Self.send(answer, to: connection)
                if !staysOpen || number < answers.count - 1 { close(connection) }
            }
            if answers.isEmpty { close(listener) }
        }
    }

    private static func listen() throws -> Int32 {
        #if canImport(Glibc)
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0, Foundation.listen(listener, 8) == 0 else { throw CocoaError(.fileReadUnknown) }
        return listener
    }

    private static func port(of listener: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func readRequest(_ connection: Int32) {
        var request: [UInt8] = [], byte: UInt8 = 0
        let end = Array("\r\n\r\n".utf8)
        while request.suffix(4) != end[...], read(connection, &byte, 1) == 1 { request.append(byte) }
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) {
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
