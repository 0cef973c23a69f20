internal import Foundation

extension Encodable {
    /// In what this value differs from another of its type, one sentence a key.
    func differences(from other: Self) -> [String] {
        let (own, found) = (flat, other.flat)
        return Set(own.keys).union(found.keys).sorted().compactMap { key in
            own[key] == found[key]
                ? nil : "\(key) is \(own[key] ?? "nothing") here and \(found[key] ?? "nothing") there"
        }
    }

    /// The single values by their dotted keys.
    private var flat: [String: String] {
        guard let data = try? JSONEncoder().encode(self), let value = try? JSONSerialization.jsonObject(with: data)
        else { return [:] }
        var result: [String: String] = [:]
        func add(_ value: Any, _ key: String) {
            switch value {
            case let mapping as [String: Any]:
                for (name, value) in mapping { add(value, key.isEmpty ? name : "\(key).\(name)") }
            case let list as [Any]: for (index, value) in list.enumerated() { add(value, "\(key)[\(index)]") }
            default: result[key] = "\(value)"
            }
        }
        add(value, "")
        return result
    }
}
