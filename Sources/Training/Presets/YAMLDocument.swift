internal import Foundation
internal import Yams

/// What is wrong with a YAML text.
struct YAMLProblem: Error, Equatable {
    /// The line, counted from 1.
    var line: Int?
    /// The path of the key, `model.vision.patchSize`; empty for the text as a whole.
    var key = ""
    /// What is wrong there.
    var detail: String
}

/// One YAML text, parsed: mappings, lists and single values without anchors and tags.
struct YAMLDocument {
    private(set) var root: Node

    /// The largest text in bytes; the largest line and number of brackets, which bound how deep a text can nest.
    static let limits = (bytes: 65_536, line: 1000, brackets: 1000)

    /// Parses a text.
    ///
    /// - Parameter text: the text, with line ends of any kind.
    /// - Throws: `YAMLProblem` for anything but one mapping.
    init(_ text: String) throws(YAMLProblem) {
        try Self.check(text)
        let root: Node?
        do { root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() } catch {
            throw Self.problem(error)
        }
        guard let root, root.mapping != nil else { throw YAMLProblem(detail: "the file holds no mapping of keys") }
        self.root = root
    }

    /// Decodes a value and refuses every key that it did not ask for.
    ///
    /// - Parameter type: what to decode.
    /// - Returns: the value.
    /// - Throws: `YAMLProblem` for the first thing that does not fit.
    func decode<T: Decodable>(_ type: T.Type) throws(YAMLProblem) -> T {
        let journal = KeyJournal()
        let value: T
        do { value = try StrictDecoder(node: root, codingPath: [], journal: journal).decode(type) } catch {
            throw problem(error)
        }
        if let unknown = journal.unaskedKey(in: root) { throw unknown }
        return value
    }

    /// Writes a value over another one, or adds it.
    ///
    /// - Parameter assignment: `a.b.c=value`, the value as YAML; nothing behind the sign takes the key away.
    /// - Throws: `YAMLProblem` for something else, or a path through a value that is no mapping.
    mutating func set(_ assignment: String) throws(YAMLProblem) {
        guard let sign = assignment.firstIndex(of: "=") else {
            throw YAMLProblem(key: assignment, detail: "expected key=value, such as run.seed=2")
        }
        let key = String(assignment[..<sign]), text = String(assignment[assignment.index(after: sign)...])
        let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains(where: \.isEmpty) else {
            throw YAMLProblem(key: key, detail: "a key is words with dots between them, such as run.seed")
        }
        var value: Node?
        if !text.isEmpty {
            try Self.check(text)
            do { value = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() } catch {
                throw YAMLProblem(key: key, detail: "\(text) is not readable as YAML")
            }
        }
        root = try Self.with(value, at: path[...], in: root, path: key)
    }

    /// The text of the document, without comments.
    func text() throws(YAMLProblem) -> String {
        do { return try Yams.serialize(node: root) } catch { throw YAMLProblem(detail: "\(error)") }
    }

    private static func with(
        _ value: Node?, at path: ArraySlice<String>, in node: Node, path key: String
    ) throws(YAMLProblem) -> Node {
        guard let name = path.first else { return value ?? node }
        guard var mapping = node.mapping else {
            throw YAMLProblem(
                line: node.mark?.line, key: key,
                detail: "\(name) cannot be set there: \(node.scalar?.string ?? "a list") has no keys")
        }
        let isLast = path.count == 1
        if isLast, value == nil {
            mapping[Node(name)] = nil
        } else {
            let below = mapping[Node(name)] ?? Node([(Node, Node)]())
            mapping[Node(name)] = isLast ? value : try with(value, at: path.dropFirst(), in: below, path: key)
        }
        return Node.mapping(mapping)
    }

    /// Refuses what would make the parser work, or nest, without bound, and what would mean nothing.
    private static func check(_ text: String) throws(YAMLProblem) {
        guard text.utf8.count <= limits.bytes else {
            throw YAMLProblem(detail: "the file is larger than \(limits.bytes) bytes")
        }
        var brackets = 0
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            brackets += line.count { $0 == "[" || $0 == "{" }
            guard line.utf8.count <= limits.line, brackets <= limits.brackets else {
                throw YAMLProblem(line: number + 1, detail: "the line is too long or has too many brackets")
            }
            guard line.firstMatch(of: /(^|[\s\[{,])&\w/) == nil else {
                throw YAMLProblem(line: number + 1, detail: "anchors (&) are not supported; write values out")
            }
            guard line.firstMatch(of: /(^|[\[{,]|[:?-]\s)\s*!/) == nil else {
                throw YAMLProblem(line: number + 1, detail: "tags (!) are not supported; the key says what is wanted")
            }
        }
    }

    private static func problem(_ error: any Error) -> YAMLProblem {
        switch error as? YamlError {
        case .scanner(_, let words, let mark, _), .parser(_, let words, let mark, _),
            .composer(_, let words, let mark, _):
            YAMLProblem(line: mark.line, detail: "not readable as YAML: \(words)")
        case .duplicatedKeysInMapping(let keys, let context):
            YAMLProblem(line: context.mark.line, detail: "the key \(keys.joined(separator: ", ")) stands here twice")
        case .reader(let words, _, _, _): YAMLProblem(detail: "not readable as YAML: \(words)")
        default: YAMLProblem(detail: "not readable as YAML")
        }
    }

    private func problem(_ error: any Error) -> YAMLProblem {
        guard let error = error as? DecodingError else { return YAMLProblem(detail: "\(error)") }
        switch error {
        case .keyNotFound(let key, let context):
            return problem(context.codingPath, "the key \(key.stringValue) is missing")
        case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
            // The compiler's words for an enum of which no case, or more than one, stands there.
            let isNoChoice = context.debugDescription.hasPrefix("Invalid number of keys")
            let words = isNoChoice ? "one of the choices is wanted here, and nothing else" : context.debugDescription
            return problem(context.codingPath, words)
        @unknown default: return YAMLProblem(detail: "\(error)")
        }
    }

    private func problem(_ path: [any CodingKey], _ detail: String) -> YAMLProblem {
        var node = root
        for key in path {
            let next = key.intValue.flatMap { node.sequence?[$0] } ?? node.mapping?[Node(key.stringValue)]
            guard let next else { break }
            node = next
        }
        return YAMLProblem(line: node.mark?.line, key: path.dotted, detail: detail)
    }
}

extension [any CodingKey] {
    /// The path as people write it: `model.vision.heads[3]`.
    var dotted: String {
        reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }
}
