package import Testing
package import Torch

/// The tensors of one case, each of which a test must look at.
package final class ActionCLIPTensors {
    private let tensors: [String: Tensor]
    private var seen: Set<String> = []

    package init(_ fixture: Fixture) throws { tensors = try fixture.tensors() }

    /// A tensor that must be there.
    package subscript(name: String) -> Tensor {
        get throws {
            seen.insert(name)
            return try #require(tensors[name], "\(name) is not recorded")
        }
    }

    /// The names under a prefix, without it.
    package func names(_ prefix: String) -> Set<String> {
        Set(tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }

    /// Copies of the tensors under a prefix, without it: a model may write into its own.
    package func all(_ prefix: String) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in names(prefix) {
            seen.insert(prefix + name)
            result[name] = tensors[prefix + name]?.cloned()
        }
        return result
    }

    /// Expects that everything was looked at, but inputs that describe how other inputs were made.
    package func expectAllSeen(except: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation) {
        let rest = tensors.keys.filter { !seen.contains($0) && !except.contains($0) }.sorted()
        #expect(rest == [], "recorded, but not compared", sourceLocation: sourceLocation)
    }
}

/// The tolerances of a case by name; what else stands there is left out.
package struct Tolerances: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var values: [String: Double] = [:]

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys { values[key.stringValue] = try? container.decode(Double.self, forKey: key) }
    }

    /// A tolerance that must be there.
    package func callAsFunction(_ name: String) throws -> Double { try #require(values[name], "no tolerance \(name)") }

    /// The absolute and the relative tolerance of a group of values; a missing relative one is zero.
    package func both(_ group: String) throws -> (absolute: Double, relative: Double) {
        (try self(group + "_atol"), values[group + "_rtol"] ?? 0)
    }
}
