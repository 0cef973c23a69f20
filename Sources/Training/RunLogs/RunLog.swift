internal import Foundation

/// The log of a run: `metrics.jsonl`, and an event file for TensorBoard beside it.
///
/// Names of numbers are paths: `train/loss`, the parts `train/loss/…`, `train/learning_rate`, `train/learning_rate/…` of
/// groups, `train/images_per_second`, `train/data_wait` (the share of time that a step waited for pictures, 0 to 1),
/// `validation/top1` and other accuracies (0 to 1). ``RunReport`` draws one chart for each of these families.
public struct RunLog: Sendable {
    /// The name of the log in a run's folder.
    public static let fileName = "metrics.jsonl"

    private let lines: JSONLinesLog
    private let events: TensorBoardLog

    /// Opens the logs of a run.
    ///
    /// - Parameters:
    ///   - folder: the run's folder, made if it is missing.
    ///   - step: the step of the checkpoint that the run resumes from: what was logged of later ones is dropped; nil
    ///     for a new run, which empties the log.
    /// - Throws: `TrainingError.unwritable`, or `unreadable` for a damaged line before that step.
    public init(in folder: String, resumingAfter step: Int? = nil) throws(TrainingError) {
        try self.init(in: folder, resumingAfter: step) { _ in true }
    }

    /// Opens the logs of a run where its state is: of the state's step an evaluation is dropped that the state does not
    /// know, since the run will make it again.
    init(in folder: String, at state: RunState) throws(TrainingError) {
        let hasBegun = FileManager.default.fileExists(atPath: Self.path(in: folder))
        let isEvaluated = state.evaluatedStep == state.step
        try self.init(in: folder, resumingAfter: hasBegun ? state.step : nil) { line in
            isEvaluated || line.step < state.step || !line.values.keys.contains { $0.hasPrefix("validation/") }
        }
    }

    private init(
        in folder: String, resumingAfter step: Int?, where isKept: (LogLine) -> Bool
    ) throws(TrainingError) {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: folder, detail: error.localizedDescription)
        }
        lines = try JSONLinesLog(at: Self.path(in: folder), resumingAfter: step, where: isKept)
        events = try TensorBoardLog(in: folder, resumingAfter: step)
    }

    /// Where the log of a run's folder is.
    ///
    /// - Parameter folder: the run's folder.
    /// - Returns: the path of its JSON lines.
    public static func path(in folder: String) -> String { (folder as NSString).appendingPathComponent(fileName) }

    /// Logs the numbers of a step.
    ///
    /// - Parameters:
    ///   - step: the step, not below the one before.
    ///   - scalars: by name.
    /// - Throws: `TrainingError.unwritable`.
    public func scalars(step: Int, _ scalars: [String: Double]) throws(TrainingError) {
        try lines.append(LogLine(step: step, scalars: scalars))
        try events.scalars(scalars, step: step)
    }

    /// Logs words of a step: the recipe, a note.
    ///
    /// - Parameters:
    ///   - step: the step, not below the one before.
    ///   - name: what they are called.
    ///   - text: the words; TensorBoard shows them as Markdown.
    /// - Throws: `TrainingError.unwritable`.
    public func text(step: Int, _ name: String, _ text: String) throws(TrainingError) {
        try lines.append(LogLine(step: step, values: [name: .text(text)]))
        try events.text(text, name: name, step: step)
    }

    /// Logs a picture, in the event file only.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - name: what it is called.
    ///   - image: the picture.
    /// - Throws: `TrainingError.unwritable`.
    public func image(step: Int, _ name: String, _ image: EncodedImage) throws(TrainingError) {
        try events.image(image, name: name, step: step)
    }
}
