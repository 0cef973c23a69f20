import Testing

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

    /// A tolerance that may be there.
    package subscript(name: String) -> Double? { values[name] }

    /// A tolerance that must be there.
    package func callAsFunction(_ name: String) throws -> Double { try #require(values[name], "no tolerance \(name)") }

    /// The absolute and the relative tolerance of a group of values; a missing relative one is zero.
    package func both(_ group: String) throws -> (absolute: Double, relative: Double) {
        (try self(group + "_atol"), values[group + "_rtol"] ?? 0)
    }
}
