package import Testing
package import Torch

/// The tensors of a recorded case, which remember what a test asked for, so that nothing stays uncompared.
package final class RecordedTensors {
    private let tensors: [String: Tensor]
    private var taken: Set<String> = []

    package init(_ fixture: Fixture) throws { tensors = try fixture.tensors() }

    /// A tensor, now taken; nil, which `expectClose` reports, where it was not recorded.
    package subscript(_ name: String) -> Tensor? {
        taken.insert(name)
        return tensors[name]
    }

    /// The tensors below a prefix by the rest of their names, now taken.
    package func below(_ prefix: String) -> [String: Tensor] {
        var part: [String: Tensor] = [:]
        for (name, tensor) in tensors where name.hasPrefix(prefix) {
            taken.insert(name)
            part[String(name.dropFirst(prefix.count))] = tensor
        }
        return part
    }

    /// Expects that all recorded tensors were taken.
    package func expectAllTaken(sourceLocation: SourceLocation = #_sourceLocation) {
        let rest = tensors.keys.filter { !taken.contains($0) }.sorted()
        if !rest.isEmpty { Issue.record("recorded and not compared: \(rest)", sourceLocation: sourceLocation) }
    }
}
