internal import CLIP
internal import Foundation
internal import Torch

/// The folder of a run: its recipe, log, checkpoints and models.
///
///     recipe.yaml          the recipe with everything that was set on the command line
///     metrics.jsonl        one object a step or evaluation
///     checkpoints/step-N   trained.safetensors, optimizer.safetensors, state.json
///     best, last           model directories
///     report.html          what came out
///
/// One run at a time writes the folder: that which holds the lock of `.lock`. Checkpoints and models are made under other
/// names and renamed, so that what has its name is whole.
public struct RunFolder: Sendable {
    /// The folder.
    public let path: String

    /// Names a folder.
    ///
    /// - Parameter path: the folder; need not exist.
    public init(_ path: String) { self.path = path }

    /// The recipe.
    public var recipe: String { path + "/recipe.yaml" }
    /// The log.
    public var log: String { RunLog.path(in: path) }
    /// The report.
    public var report: String { path + "/report.html" }
    /// The best model.
    public var best: String { path + "/best" }
    /// The last model.
    public var last: String { path + "/last" }
    /// Whether a run has begun here.
    public var exists: Bool { FileManager.default.fileExists(atPath: recipe) }
    private var checkpoints: String { path + "/checkpoints" }

    /// Makes the folder.
    ///
    /// - Throws: `TrainingError.unwritable`.
    func make() throws(TrainingError) {
        do { try FileManager.default.createDirectory(atPath: checkpoints, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: path, detail: error.localizedDescription)
        }
    }

    /// Writes a file whole or not at all.
    ///
    /// - Parameters:
    ///   - text: its content.
    ///   - path: where to.
    /// - Throws: `TrainingError.unwritable`.
    func write(_ text: String, to path: String) throws(TrainingError) {
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .unwritable(path: path, detail: error.localizedDescription)
        }
    }

    /// The steps of the checkpoints, ascending.
    public var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
        return names.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst("step-".count)) : nil }.sorted()
    }

    /// Where the checkpoint of a step is.
    ///
    /// - Parameter step: the number of finished steps.
    /// - Returns: the folder.
    func checkpoint(_ step: Int) -> String {
        let number = "\(step)"
        return "\(checkpoints)/step-" + String(repeating: "0", count: max(0, 8 - number.count)) + number
    }

    /// Writes a checkpoint; of one that is there already, the state: at one step the weights are the same.
    ///
    /// - Parameters:
    ///   - content: what to go on from.
    ///   - keep: the number of newest checkpoints that stay.
    /// - Throws: `TrainingError.unwritable`; what was there stays.
    func write(_ content: RunCheckpoint, keep: Int) throws(TrainingError) {
        let target = checkpoint(content.state.step), files = FileManager.default
        if files.fileExists(atPath: target) {
            do { return try content.writeState(to: target) } catch {
                throw .unwritable(path: target, detail: "\(error)")
            }
        }
        let draft = "\(checkpoints)/.draft-\(UInt32.random(in: .min ... .max))"
        do {
            try files.createDirectory(atPath: draft, withIntermediateDirectories: true)
            try content.write(to: draft)
            try files.moveItem(atPath: draft, toPath: target)
        } catch {
            try? files.removeItem(atPath: draft)
            throw .unwritable(path: target, detail: "\(error)")
        }
        for old in steps.filter({ $0 <= content.state.step }).dropLast(keep) {
            try? files.removeItem(atPath: checkpoint(old))
        }
    }

    /// Reads the newest checkpoint.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `TrainingError.unreadable` for one that is damaged.
    func newestCheckpoint() throws(TrainingError) -> RunCheckpoint? {
        guard let step = steps.last else { return nil }
        return try RunCheckpoint(contentsOf: checkpoint(step))
    }

    /// Removes what a run that was killed left half-written, and puts back a model that was about to be replaced.
    func tidy() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: checkpoints)) ?? [] where name.hasPrefix(".draft-") {
            try? files.removeItem(atPath: "\(checkpoints)/\(name)")
        }
        for model in [best, last] where files.fileExists(atPath: model + ".old") {
            if files.fileExists(atPath: model) {
                try? files.removeItem(atPath: model + ".old")
            } else {
                try? files.moveItem(atPath: model + ".old", toPath: model)
            }
        }
    }

    /// Replaces a model directory; at every moment one of the two is whole.
    ///
    /// - Parameters:
    ///   - model: the directory, `best` or `last`.
    ///   - write: writes the new one to a path that does not exist.
    /// - Throws: what writing throws, `TrainingError.unwritable`.
    func replace<E: Error>(_ model: String, _ write: (String) throws(E) -> Void) throws {
        let files = FileManager.default, (new, old) = (model + ".new", model + ".old")
        try? files.removeItem(atPath: new)
        try write(new)
        do {
            if files.fileExists(atPath: model) { try files.moveItem(atPath: model, toPath: old) }
            try files.moveItem(atPath: new, toPath: model)
            if files.fileExists(atPath: old) { try files.removeItem(atPath: old) }
        } catch { throw TrainingError.unwritable(path: model, detail: error.localizedDescription) }
    }
}
