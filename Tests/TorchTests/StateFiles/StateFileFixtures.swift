import Foundation

@testable import Torch

/// Where the state-file fixtures lie: the package's own, and those under the folders in `VERB_FIXTURES`.
enum StateFileFixtures {
    static let own: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let roots: [URL] = {
        let extra = ProcessInfo.processInfo.environment["VERB_FIXTURES"] ?? ""
        return [own] + extra.split(separator: ":").map { URL(filePath: String($0)) }
    }()

    /// The folders whose `case.json` names the kind.
    static func cases(kind: String) -> [URL] {
        files(named: "case.json").compactMap { file in
            json(file)?["kind"] as? String == kind ? file.deletingLastPathComponent() : nil
        }
    }

    static func files(named name: String) -> [URL] {
        roots.flatMap { root in
            (FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? [])
                .compactMap { $0 as? URL }.filter { $0.lastPathComponent == name }
        }
        .sorted { $0.path < $1.path }
    }

    static func json(_ file: URL) -> [String: Any]? {
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    }

    /// A path for a file that a test writes, in a folder of its own.
    static func temporary(_ name: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: name).path
    }
}
