internal import Foundation

/// Where pictures come from that are looked at as they come.
public enum LiveSource: Sendable, Hashable, CustomStringConvertible {
    /// A video file, at the pace of a clock or as fast as possible.
    case file(String)
    /// A named pipe.
    case pipe(String)
    /// An open file descriptor, such as 0 for standard input; it stays open.
    case descriptor(Int32)
    /// A camera: `/dev/video0` on Linux, a number or name of AVFoundation on Apple's systems.
    case camera(String)
    /// A network stream: one of ``schemes``.
    case url(String)

    /// The schemes of network streams.
    public static let schemes = ["rtsp", "rtsps", "http", "https", "udp", "tcp"]

    /// Reads what a user names: `-`, a path, `/dev/videoN` (`camera:0` on Apple's systems) or an address.
    ///
    /// - Parameter text: the words of the user.
    /// - Throws: `invalidRequest` for nothing and for a scheme that is not known.
    public init(_ text: String) throws(VideoError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw VideoError(.invalidRequest, detail: "a source without a name; give a path, - or an address")
        }
        if text == "-" {
            self = .descriptor(0)
        } else if let end = text.range(of: "://") {
            let scheme = text[..<end.lowerBound].lowercased()
            guard Self.schemes.contains(scheme) else {
                throw VideoError(
                    .invalidRequest, path: text,
                    detail: "the scheme \(scheme) is not one of \(Self.schemes.joined(separator: ", "))")
            }
            self = .url(text)
        } else if let camera = Self.camera(text) {
            self = .camera(camera)
        } else {
            self = Self.isPipe(text) ? .pipe(text) : .file(text)
        }
    }

    private static func camera(_ text: String) -> String? {
        #if canImport(Darwin)
            text.hasPrefix("camera:") ? String(text.dropFirst("camera:".count)) : nil
        #else
            text.hasPrefix("/dev/video") ? text : nil
        #endif
    }

    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// The name that messages use; passwords of addresses are left out.
    public var description: String {
        switch self {
        case .file(let path), .pipe(let path): path
        case .descriptor(let number): number == 0 ? "standard input" : "descriptor \(number)"
        case .camera(let name): "camera \(name)"
        case .url(let address): Self.withoutUser(address)
        }
    }

    private static func withoutUser(_ address: String) -> String {
        guard let start = address.range(of: "://")?.upperBound else { return address }
        let host = address[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = host.lastIndex(of: "@") else { return address }
        return String(address[..<start] + address[address.index(after: at)...])
    }
}
