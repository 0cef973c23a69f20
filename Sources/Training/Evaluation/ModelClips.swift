public import Datasets
internal import Foundation

/// How the clips of a trained model are made when it is evaluated: `clips.json` in its directory.
///
/// It travels with the model, so that one that left the folder of its run is still shown what it learned from.
public struct ModelClips: Codable, Sendable, Equatable {
    /// The file's name in a model directory.
    public static let fileName = "clips.json"

    /// How clips are made.
    public var clips: EvaluationClips
    /// How class names become words of sentences; nil for the usual rule.
    public var text: LabelText?

    /// Names a model's clips.
    ///
    /// - Parameters:
    ///   - clips: how clips are made.
    ///   - text: how class names become words of sentences.
    public init(clips: EvaluationClips, text: LabelText? = nil) {
        self.clips = clips
        self.text = text
    }

    /// Reads the file of a model directory.
    ///
    /// - Parameter model: the path of a model.
    /// - Returns: nil for a model without such a file.
    /// - Throws: `TrainingError.unreadable` for one that is damaged.
    public static func read(besideModel model: String) throws(TrainingError) -> ModelClips? {
        let path = "\(model)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try SortedJSON.read(from: path)
    }

    /// The file's text.
    ///
    /// - Returns: JSON.
    /// - Throws: `EncodingError` for a number that JSON does not have.
    public func json() throws -> String { String(decoding: try SortedJSON.bytes(self), as: UTF8.self) }
}
