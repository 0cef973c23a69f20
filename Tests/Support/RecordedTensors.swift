package import Testing
package import Torch

/// How far a value may be from the recorded one, as `case.json` says.
package struct Tolerance: Decodable, Sendable {
    package let atol: Double
    package let rtol: Double

    /// Nothing but equality.
    package static let exact = Tolerance(atol: 0, rtol: 0)
}

/// The tensors of a recorded case, which remember what a test asked for, so that nothing stays uncompared.
package final class RecordedTensors {
    private let tensors: [String: Tensor]
    private var taken: Set<String> = []

    /// Reads a case.
    package init(_ fixture: Fixture) throws { tensors = try fixture.tensors() }

    /// Reads a case whose parameters are called otherwise; what stands behind the first dot of a name is renamed.
    package init(_ fixture: Fixture, renaming canonicalName: (String) -> String) throws {
        var renamed: [String: Tensor] = [:]
        for (name, tensor) in try fixture.tensors() {
            let part = name.prefix { $0 != "." }, rest = name.dropFirst(part.count + 1)
            let own = rest.isEmpty ? name : "\(part).\(canonicalName(String(rest)))"
            try #require(renamed.updateValue(tensor, forKey: own) == nil, "\(own) is recorded twice")
        }
        tensors = renamed
    }

    /// A tensor, now taken; nil, which `expectClose` reports, where it was not recorded.
    package subscript(_ name: String) -> Tensor? {
        taken.insert(name)
        return tensors[name]
    }

    /// A tensor that must be there, now taken.
    package func required(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Tensor {
        try #require(self[name], "\(name) is not recorded", sourceLocation: sourceLocation)
    }

    /// Copies of the tensors below a prefix by the rest of their names, now taken; a model may write into its own.
    package func below(_ prefix: String) -> [String: Tensor] {
        var part: [String: Tensor] = [:]
        for (name, tensor) in tensors where name.hasPrefix(prefix) {
            taken.insert(name)
            part[String(name.dropFirst(prefix.count))] = tensor.cloned()
        }
        return part
    }

    /// The names below a prefix by their rest, which are not taken by asking.
    package func names(below prefix: String) -> Set<String> {
        Set(tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }

    /// Expects a value to be close to the recorded one.
    package func compare(
        _ actual: Tensor, _ name: String, _ tolerance: Tolerance, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(
            actual, self[name], absolute: tolerance.atol, relative: tolerance.rtol, name,
            sourceLocation: sourceLocation)
    }

    /// Expects that all recorded tensors were taken; inputs may be left.
    package func expectAllTaken(sourceLocation: SourceLocation = #_sourceLocation) {
        let rest = tensors.keys.filter { !taken.contains($0) && !$0.hasPrefix("inputs.") }.sorted()
        if !rest.isEmpty { Issue.record("recorded and not compared: \(rest)", sourceLocation: sourceLocation) }
    }
}
