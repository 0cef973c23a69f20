internal import Foundation
internal import Synchronization

/// Sends a transport stream over and over, in datagrams to a port of 127.0.0.1.
public final class DatagramSender: Sendable {
    /// Where it sends to.
    public let port: Int
    private let isWanted = Mutex(true)

    /// Finds a port where nobody listens.
    public init() {
        let handle = Self.socket()
        defer { close(handle) }
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(handle, $0, length)
                _ = getsockname(handle, $0, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Starts to send, until ``stop()``.
    ///
    /// - Parameter stream: packets of 188 bytes.
    public func start(_ stream: [UInt8]) {
        Thread.detachNewThread { [self] in
            let handle = Self.socket()
            defer { close(handle) }
            var address = Self.address(port: port)
            while isWanted.withLock({ $0 }) {
                for start in stride(from: 0, to: stream.count, by: 7 * 188) {
                    let part = Array(stream[start..<min(start + 7 * 188, stream.count)])
                    withUnsafePointer(to: &address) { pointer in
                        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                            _ = sendto(handle, part, part.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                        }
                    }
                    // Whoever listens needs time to read, or its system drops what comes.
                    Thread.sleep(forTimeInterval: 0.002)
                }
            }
        }
    }

    /// Sends no more.
    public func stop() { isWanted.withLock { $0 = false } }

    private static func socket() -> Int32 {
        #if canImport(Glibc)
            Foundation.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            Foundation.socket(AF_INET, SOCK_DGRAM, 0)
        #endif
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
