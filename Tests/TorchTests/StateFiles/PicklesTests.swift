import Foundation
import Testing

@testable import Torch

@Suite("Object pickles against the reference")
struct PicklesTests {
    struct Serialisation: CustomTestStringConvertible {
        let folder: URL
        let file: String
        var testDescription: String { "\(folder.lastPathComponent)/\(file)" }
    }

    static let serialisations: [Serialisation] = StateFileFixtures.cases(kind: "pickles").flatMap { folder in
        let files = StateFileFixtures.json(folder.appending(path: "case.json"))?["files"] as? [String] ?? []
        return files.map { Serialisation(folder: folder, file: $0) }
    }

    @Test("fixtures are found")
    func fixtures() { #expect(Self.serialisations.count >= 3) }

    @Test("every tensor is equal", arguments: serialisations)
    func tensors(_ serialisation: Serialisation) throws {
        let file = try StateFile.read(serialisation.folder.appending(path: serialisation.file).path)
        let expected = try StateFile.read(serialisation.folder.appending(path: "tensors.safetensors").path)
        #expect(!expected.tensors.isEmpty)
        for (name, tensor) in expected.tensors where name.hasPrefix("outputs.") {
            let name = String(name.dropFirst("outputs.".count))
            let found = try #require(locate(name, file.root)?.tensor, "\(name)")
            #expect(found.dtype == tensor.dtype, "\(name)")
            #expect(found.shape == tensor.shape, "\(name)")
            #expect(try found.bytes() == tensor.bytes(), "\(name)")
        }
    }

    @Test("every plain value is equal", arguments: serialisations)
    func scalars(_ serialisation: Serialisation) throws {
        let file = try StateFile.read(serialisation.folder.appending(path: serialisation.file).path)
        let description = StateFileFixtures.json(serialisation.folder.appending(path: "case.json"))
        for (name, expected) in try #require(description?["scalars"] as? [String: Any]) {
            let found = try #require(locate(name, file.root), "\(name)")
            #expect(plain(found) == plain(expected), "\(name)")
        }
    }

    @Test("tensors that share a storage are views of the same bytes", arguments: serialisations)
    func sharing(_ serialisation: Serialisation) throws {
        let file = try StateFile.read(serialisation.folder.appending(path: serialisation.file).path)
        let state = try #require(file.root["state_dict"])
        let (part, whole) = (try #require(state["shared_a"]?.tensor), try #require(state["shared_whole"]?.tensor))
        #expect(part.storage === whole.storage || part.storage.range == whole.storage.range)
    }

    /// Finds a value by the fixture's name: an entry of `state_dict`, of the root, or of a nested container, where the
    /// last part of the name is a key and the part before it an index or the container's name.
    private func locate(_ name: String, _ root: StateValue) -> StateValue? {
        if let value = root["state_dict"]?[name] ?? root[name] { return value }
        var value = root
        var parts = name.split(separator: "_").map(String.init)
        while !parts.isEmpty {
            guard let count = (1...parts.count).first(where: { step(value, parts.prefix($0)) != nil }),
                let next = step(value, parts.prefix(count))
            else { return nil }
            value = next
            parts.removeFirst(count)
        }
        return value
    }

    private func step(_ value: StateValue, _ parts: ArraySlice<String>) -> StateValue? {
        let key = parts.joined(separator: "_")
        return value[key] ?? Int(key).flatMap { value[$0] }
    }

    private func plain(_ value: StateValue) -> String {
        switch value.kind {
        case .none: "null"
        case .list, .tuple: "[" + (value.elements ?? []).map(plain).joined(separator: ",") + "]"
        case .dictionary:
            "{" + (value.entries ?? []).map { "\($0.key):\(plain($0.value))" }.joined(separator: ",") + "}"
        case .double: plain(value.double ?? .nan)
        case .bool: value.bool == true ? "true" : "false"
        default: value.description
        }
    }

    private func plain(_ value: Any) -> String {
        switch value {
        case is NSNull: return "null"
        case let text as String: return "\"\(text)\""
        case let list as [Any]: return "[" + list.map(plain).joined(separator: ",") + "]"
        case let dictionary as [String: Any]:
            return "{" + dictionary.map { "\($0.key):\(plain($0.value))" }.joined(separator: ",") + "}"
        case let number as NSNumber:
            if CFGetTypeIDIsBoolean(number) { return number.boolValue ? "true" : "false" }
            return number.doubleValue == number.doubleValue.rounded() ? "\(number.int64Value)" : "\(number.doubleValue)"
        case let number as Double where number == number.rounded() && abs(number) < 1e15: return "\(Int(number))"
        default: return "\(value)"
        }
    }

    private func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
