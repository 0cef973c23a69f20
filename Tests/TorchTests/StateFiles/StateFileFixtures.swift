import FixtureSupport
import Foundation

@testable import Torch

/// The state-file fixtures among the recorded cases, and files that tests write.
enum StateFileFixtures {
    /// The repository's own fixtures.
    static let own = Fixture.roots[0]

    /// The folders whose `case.json` names the kind.
    static func cases(kind: String) -> [URL] { Fixture.all("clip", kind).map(\.folder) }

    static func files(named name: String) -> [URL] { Fixture.files(named: name) }

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
