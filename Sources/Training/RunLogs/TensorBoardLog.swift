internal import Foundation

/// The log of a run as an event file, which TensorBoard shows.
///
/// A run that resumes writes another file into the same folder; its first event makes readers forget what the earlier
/// files say of later steps than the checkpoint's.
public final class TensorBoardLog: Sendable {
    /// The file.
    public var path: String { file.path }

    private let file: AppendedFile
    private let now: @Sendable () -> Double

    /// Makes an event file.
    ///
    /// - Parameters:
    ///   - folder: the run's folder, made if it is missing.
    ///   - step: the step of the checkpoint that a run resumes from; nil for a new run.
    ///   - host: the machine's name in the file's name; nil asks the system.
    ///   - now: seconds since 1970; nil is the system's clock.
    /// - Throws: `TrainingError.unwritable`.
    public init(
        in folder: String, resumingAfter step: Int? = nil, host: String? = nil, now: (@Sendable () -> Double)? = nil
    ) throws(TrainingError) {
        self.now = now ?? { Date().timeIntervalSince1970 }
        let time = self.now()
        file = try Self.newFile(in: folder, time: time, host: host ?? ProcessInfo.processInfo.hostName)
        try file.append(EventRecord.version(time: time))
        if let step { try file.append(EventRecord.restart(at: step + 1, time: time)) }
    }

    /// Writes numbers.
    ///
    /// - Parameters:
    ///   - scalars: by name; slashes group them. They are kept as 32-bit numbers.
    ///   - step: the step.
    /// - Throws: `TrainingError.unwritable`.
    public func scalars(_ scalars: [String: Double], step: Int) throws(TrainingError) {
        guard !scalars.isEmpty else { return }
        try file.append(EventRecord.scalars(scalars, step: step, time: now()))
    }

    /// Writes a text.
    ///
    /// - Parameters:
    ///   - text: Markdown.
    ///   - name: what it is called.
    ///   - step: the step.
    /// - Throws: `TrainingError.unwritable`.
    public func text(_ text: String, name: String, step: Int) throws(TrainingError) {
        try file.append(EventRecord.text(text, name: name, step: step, time: now()))
    }

    /// Writes a picture.
    ///
    /// - Parameters:
    ///   - image: the picture.
    ///   - name: what it is called.
    ///   - step: the step.
    /// - Throws: `TrainingError.unwritable`.
    public func image(_ image: EncodedImage, name: String, step: Int) throws(TrainingError) {
        try file.append(EventRecord.image(image, name: name, step: step, time: now()))
    }

    /// Makes a file that is not there yet; names sort by time, and readers take files in the order of their names.
    private static func newFile(in folder: String, time: Double, host: String) throws(TrainingError) -> AppendedFile {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: folder, detail: error.localizedDescription)
        }
        let machine = host.map { $0.isLetter || $0.isNumber || "-._".contains($0) ? $0 : "-" }
        let seconds = Int(time)
        for number in 0..<1000 {
            let name =
                "events.out.tfevents.\(seconds).\(String(machine))"
                + (number == 0 ? "" : String(format: ".%03d", number))
            let path = (folder as NSString).appendingPathComponent(name)
            if !FileManager.default.fileExists(atPath: path) { return try AppendedFile(at: path, isNew: true) }
        }
        throw .unwritable(path: folder, detail: "it holds a thousand event files of this second")
    }
}
