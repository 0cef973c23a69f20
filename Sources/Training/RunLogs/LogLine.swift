/// What a run says about one step: one line of its log.
///
///     {"step": 120, "train/loss": 1.25, "train/learning_rate": 0.0005, "phase": "train"}
///
/// Every other key than `step` is a value; numbers that JSON cannot say are the words `NaN`, `Infinity`, `-Infinity`.
public struct LogLine: Sendable, Equatable {
    /// A value of a line.
    public enum Value: Sendable, Equatable {
        /// A number.
        case number(Double)
        /// Words.
        case text(String)
    }

    /// The step, from 0: how many updates had been made.
    public var step: Int
    /// The values by name; `step` is not one of them.
    public var values: [String: Value]

    /// Makes a line.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - values: by name; a value called `step` is lost.
    public init(step: Int, values: [String: Value]) {
        self.step = step
        self.values = values
    }

    /// Makes a line of numbers.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - scalars: by name.
    public init(step: Int, scalars: [String: Double]) {
        self.init(step: step, values: scalars.mapValues { .number($0) })
    }

    /// The numbers by name.
    public var scalars: [String: Double] {
        values.compactMapValues { if case .number(let number) = $0 { number } else { nil } }
    }
}

extension LogLine: Codable {
    private struct Name: CodingKey {
        static let step = Name("step")
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// Reads a line.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` without a step, or for a value that is neither number nor text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        step = try container.decode(Int.self, forKey: .step)
        values = [:]
        for key in container.allKeys where key.stringValue != Name.step.stringValue {
            // The strategy for words such as NaN makes them numbers here.
            if let number = try? container.decode(Double.self, forKey: key) {
                values[key.stringValue] = .number(number)
            } else {
                values[key.stringValue] = .text(try container.decode(String.self, forKey: key))
            }
        }
    }

    /// Writes a line.
    ///
    /// - Parameter encoder: the destination.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in values where name != Name.step.stringValue {
            switch value {
            case .number(let number): try container.encode(number, forKey: Name(name))
            case .text(let text): try container.encode(text, forKey: Name(name))
            }
        }
        try container.encode(step, forKey: .step)
    }
}
