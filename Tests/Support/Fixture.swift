package import Foundation
package import Testing
package import Torch

/// One numeric case computed with a reference implementation: a folder with `case.json` and often tensors.
package struct Fixture: Sendable, CustomTestStringConvertible {
    package let folder: URL
    package let method: String
    package let kind: String

    package var testDescription: String { "\(method)/\(kind): \(folder.path.suffix(60))" }

    private struct Head: Decodable { let method: String?, kind: String? }

    /// The repository's cases and those below the folders of `VERB_FIXTURES`, by what `case.json` says.
    package static func all(_ method: String, _ kinds: String...) -> [Fixture] {
        cases.filter { $0.method == method && kinds.contains($0.kind) }
    }

    /// The repository's first case of a kind, whose numbers a test may know.
    package static func own(_ method: String, _ kind: String) -> Fixture? {
        all(method, kind).first { isOwn($0.folder) }
    }

    /// Whether a folder lies in the repository's fixtures.
    package static func isOwn(_ folder: URL) -> Bool {
        folder.path.hasPrefix(roots[0].resolvingSymlinksInPath().path + "/")
    }

    /// The folders that cases are looked for in.
    package static let roots: [URL] = {
        let own = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
        let listed = ProcessInfo.processInfo.environment["VERB_FIXTURES"] ?? ""
        return [own] + listed.split(separator: ":").map { URL(fileURLWithPath: String($0)) }
    }()

    /// All cases, and the files that name no method and kind.
    private static let found: (cases: [Fixture], unreadable: [URL]) = {
        var (cases, unreadable) = ([Fixture](), [URL]())
        for file in files(named: "case.json") {
            if let data = try? Data(contentsOf: file), let head = try? JSONDecoder().decode(Head.self, from: data),
                let method = head.method, let kind = head.kind
            {
                cases.append(Fixture(folder: file.deletingLastPathComponent(), method: method, kind: kind))
            } else {
                unreadable.append(file)
            }
        }
        return (cases, unreadable)
    }()

    private static var cases: [Fixture] { found.cases }

    /// Cases that no suite would see: those whose `case.json` says no method and kind.
    package static var unreadable: [URL] { found.unreadable }

    /// The pairs of method and kind that there are cases of.
    package static var kinds: Set<String> { Set(cases.map { "\($0.method)/\($0.kind)" }) }

    /// Every file of a name below the roots, in a fixed order, each once.
    package static func files(named name: String) -> [URL] {
        var found: Set<String> = []
        for root in roots {
            let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
            while let file = walk?.nextObject() as? URL {
                if file.lastPathComponent == name { found.insert(file.resolvingSymlinksInPath().path) }
            }
        }
        return found.sorted().map { URL(fileURLWithPath: $0) }
    }

    /// A file of the case.
    package func path(_ name: String) -> String { folder.appending(path: name).path }

    /// What `case.json` says, as far as a test wants to know.
    package func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: "case.json")))
    }

    /// The tensors of the case by name.
    package func tensors() throws -> [String: Tensor] {
        try StateFile.read(path("tensors.safetensors")).loadedTensors()
    }
}

/// Expects equal shapes and `|a - b| <= absolute + relative * |b|` for each element; NaN fails.
package func expectClose(
    _ actual: Tensor, _ expected: Tensor?, absolute: Double = 1e-5, relative: Double = 1e-4, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let expected else {
        Issue.record("\(name): nothing recorded to compare with", sourceLocation: sourceLocation)
        return
    }
    guard actual.shape == expected.shape else {
        Issue.record("\(name): shape \(actual.shape), recorded \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let (a, b) = (actual.array(of: Double.self), expected.array(of: Double.self))
    var worst: (index: Int, excess: Double)?
    for i in a.indices {
        let excess = abs(a[i] - b[i]) - (absolute + relative * abs(b[i]))
        guard !(excess <= 0), a[i] != b[i] else { continue }
        if worst == nil || !(excess <= worst?.excess ?? 0) { worst = (i, excess) }
    }
    guard let worst else { return }
    var (rest, place) = (worst.index, [Int]())
    for size in actual.shape.reversed() {
        place.insert(rest % size, at: 0)
        rest /= size
    }
    Issue.record(
        "\(name)\(actual.shape) at \(place): \(a[worst.index]), recorded \(b[worst.index])",
        sourceLocation: sourceLocation)
}
