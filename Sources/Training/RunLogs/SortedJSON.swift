internal import Foundation

/// JSON whose bytes follow from the values alone: sorted keys, and words for numbers that JSON cannot say.
enum SortedJSON {
    /// Files of users are not read past this.
    static let sizeLimit = 1 << 30

    /// The bytes of a value.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - isPretty: whether on many lines; then it ends with a line break.
    /// - Returns: UTF-8.
    /// - Throws: `EncodingError`.
    static func bytes(_ value: some Encodable, isPretty: Bool = true) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(value) + (isPretty ? Data("\n".utf8) : Data())
    }

    /// The value of bytes that ``bytes(_:isPretty:)`` made.
    static func value<T: Decodable>(_ type: T.Type = T.self, from bytes: Data) throws -> T {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try decoder.decode(type, from: bytes)
    }

    /// Writes a value as a file that appears whole or not at all.
    static func write(_ value: some Encodable, to path: String) throws(TrainingError) {
        do { try write(bytes(value), to: path) } catch let error as TrainingError { throw error } catch {
            throw .unwritable(path: path, detail: "\(error)")
        }
    }

    /// Writes bytes as a file that appears whole or not at all.
    static func write(_ bytes: Data, to path: String) throws(TrainingError) {
        do { try bytes.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .unwritable(path: path, detail: error.localizedDescription)
        }
    }

    /// Reads a value from a file.
    static func read<T: Decodable>(_ type: T.Type = T.self, from path: String) throws(TrainingError) -> T {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= sizeLimit else {
                throw TrainingError.unreadable(path: path, detail: "\(size) bytes are more than such a file can have")
            }
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch let error as TrainingError { throw error } catch {
            throw .unreadable(path: path, detail: error.localizedDescription)
        }
        do { return try value(from: data) } catch {
            throw .unreadable(path: path, detail: "it is no \(T.self) of this version: \(words(error))")
        }
    }

    /// What did not decode, and where.
    static func words(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): place(context) + "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            place(context) + context.debugDescription
        case nil: "\(error)"
        @unknown default: "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return path.isEmpty ? "" : path.joined(separator: ".") + ": "
    }
}
