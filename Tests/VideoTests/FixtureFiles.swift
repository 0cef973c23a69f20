import Foundation

/// Where the recorded cases lie: the repository's own and those named in `VERB_FIXTURES`.
enum FixtureFiles {
    /// `Tests/Fixtures`.
    static let own = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    /// Every folder to search: the part of the own fixtures that this target reads, then those of the environment.
    static let roots: [URL] = {
        let listed = ProcessInfo.processInfo.environment["VERB_FIXTURES"] ?? ""
        let extra = listed.split(separator: ":").map { URL(fileURLWithPath: String($0)) }
        return [own.appending(path: "video"), own.appending(path: "sampling"), own.appending(path: "clip")] + extra
    }()

    /// All files below the roots whose names satisfy `predicate`, in a fixed order.
    static func files(where predicate: (URL) -> Bool) -> [URL] {
        var found: Set<String> = []
        for root in roots {
            let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
            while let file = walk?.nextObject() as? URL {
                if predicate(file) { found.insert(file.resolvingSymlinksInPath().path) }
            }
        }
        return found.sorted().map { URL(fileURLWithPath: $0) }
    }

    static func decode<T: Decodable>(_ type: T.Type, from file: URL) throws -> T {
        try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}
