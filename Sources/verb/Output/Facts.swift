import Foundation

/// Named facts in order, printed as columns or as an object.
struct Facts {
    private var items: [(name: String, value: String)] = []

    init(_ path: String) { items.append(("path", path)) }

    mutating func add(_ name: String, _ value: String) { items.append((name, value)) }

    var text: String {
        let width = items.map(\.name.count).max() ?? 0
        return items.map { $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.value }
            .joined(separator: "\n")
    }

    func json() throws -> String {
        var object: [String: [String]] = [:]
        for item in items { object[item.name.trimmingCharacters(in: .whitespaces), default: []].append(item.value) }
        return try JSONText.line(object)
    }
}
