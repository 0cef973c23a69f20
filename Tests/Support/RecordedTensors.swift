package import Testing
package import Torch

/// How far a value may be from the recorded one, as `case.json` says.
package struct Tolerance: Decodable, Sendable {
    package let atol: Double
    package let rtol: Double

    /// Nothing but equality.
    package static let exact = Tolerance(atol: 0, rtol: 0)
}

/// The tensors of a case, which must all be compared with something.
package final class RecordedTensors {
    private let tensors: [String: Tensor]
    private var open: Set<String>

    /// Reads a case; everything but weights and inputs waits for comparison.
    package init(_ fixture: Fixture) throws {
        tensors = try fixture.tensors()
        open = Set(tensors.keys.filter { !$0.hasPrefix("weights.") && !$0.hasPrefix("inputs.") })
    }

    /// The tensors below a prefix, their names without it.
    package func group(_ prefix: String) -> [String: Tensor] {
        let found = tensors.filter { $0.key.hasPrefix(prefix) }.map {
            (String($0.key.dropFirst(prefix.count)), $0.value)
        }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// A tensor that must be there.
    package func required(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Tensor {
        try #require(tensors[name], "\(name) is not recorded", sourceLocation: sourceLocation)
    }

    /// Expects a value to be close to the recorded one.
    package func compare(
        _ actual: Tensor, _ name: String, _ tolerance: Tolerance, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        open.remove(name)
        expectClose(
            actual, tensors[name], absolute: tolerance.atol, relative: tolerance.rtol, name,
            sourceLocation: sourceLocation)
    }

    /// Expects nothing to be left over.
    package func expectAllCompared(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(open.isEmpty, "recorded, but not compared: \(open.sorted())", sourceLocation: sourceLocation)
    }
}
