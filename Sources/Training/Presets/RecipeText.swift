internal import Yams

/// The texts of recipes, compared key by key.
enum RecipeText {
    /// In what two texts differ, one sentence a key; both must be readable.
    static func differences(_ own: String, _ other: String) -> [String] {
        let (own, other) = (values(own), values(other))
        return Set(own.keys).union(other.keys).sorted().compactMap { key in
            own[key] == other[key]
                ? nil : "\(key) is \(own[key] ?? "not set") now and \(other[key] ?? "not set") there"
        }
    }

    private static func values(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        func add(_ node: Node, _ key: String) {
            if let mapping = node.mapping {
                for (name, value) in mapping {
                    add(value, key.isEmpty ? name.string ?? "?" : "\(key).\(name.string ?? "?")")
                }
            } else if let list = node.sequence {
                for (index, value) in list.enumerated() { add(value, "\(key)[\(index)]") }
            } else {
                result[key] = node.scalar?.string ?? ""
            }
        }
        if let document = try? YAMLDocument(text) { add(document.root, "") }
        return result
    }
}
