internal import Foundation

/// What a decoder found wrong, in one line with the place.
func jsonProblem(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
        return "no \(place(context.codingPath + [key]))"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
        return "\(place(context.codingPath)): \(context.debugDescription)"
    case DecodingError.dataCorrupted(let context):
        let at = place(context.codingPath)
        return at.isEmpty ? "not valid JSON" : "\(at): \(context.debugDescription)"
    default:
        return "not valid JSON"
    }
}

/// Encodes a file with sorted keys, so that equal values give equal bytes.
func jsonData(_ value: some Encodable, _ path: String) throws(CLIPError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return try encoder.encode(value) } catch {
        throw .unwritable(path: path, detail: "\(error)")
    }
}
