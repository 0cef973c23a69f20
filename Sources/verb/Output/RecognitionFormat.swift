import Foundation
import Recognition

/// How recognised actions are printed.
enum RecognitionFormat {
    /// One line a prediction: `  87.3 %  sitting down`.
    static func lines(_ predictions: ArraySlice<Prediction>) -> [String] {
        predictions.map { percent($0.probability) + " %  " + $0.label }
    }

    /// `00:03.2 - 00:05.9  sitting down  0.91`, with the hours when there are any.
    static func line(_ span: Span) -> String {
        "\(clock(span.start)) - \(clock(span.end))  \(span.label)  " + String(format: "%.2f", span.confidence)
    }

    /// Minutes, seconds and tenths.
    static func clock(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600)
        let short = String(format: "%02d:%02d.%d", minutes, rest / 10, rest % 10)
        return hours > 0 ? String(format: "%d:", hours) + short : short
    }

    private static func percent(_ share: Double) -> String {
        let number = String(format: "%.1f", 100 * share)
        return String(repeating: " ", count: max(6 - number.count, 0)) + number
    }

    /// One line of JSON for a clip.
    static func json(_ video: String, _ predictions: ArraySlice<Prediction>, _ timings: Timings) throws -> String {
        struct Object: Encodable {
            let video: String
            let predictions: [Prediction]
            let timings: Timings
        }
        return try encoded(Object(video: video, predictions: Array(predictions), timings: timings))
    }

    /// One line of JSON for a timeline.
    static func json(_ video: String, _ spans: [Span], _ timings: Timings) throws -> String {
        struct Object: Encodable {
            let video: String
            let spans: [Span]
            let timings: Timings
        }
        return try encoded(Object(video: video, spans: spans, timings: timings))
    }

    private static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
