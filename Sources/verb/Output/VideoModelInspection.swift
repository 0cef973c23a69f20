import ActionModels
import CLIP
import Foundation
import Torch

/// What `verb inspect` tells of a video model: Verb's directory, or a checkpoint that a method's reference saved.
struct VideoModelInspection {
    let path: String
    /// What the file does not say.
    let options: ActionModelOptions

    /// The facts; nil for anything that is no video model.
    func facts() throws -> Facts? {
        if let released = try ReleasedCheckpoint(path: path) { return try facts(of: released) }
        guard try ModelDirectory.kind(of: path).map({ $0 != ModelDirectory.clipKind }) ?? false else { return nil }
        return try facts(of: ActionModelCheckpoint(path: path, options: options))
    }

    private func facts(of released: ReleasedCheckpoint) throws -> Facts {
        if released.isWhole || options.backbone != nil {
            var facts = try facts(of: ActionModelCheckpoint(released, options))
            add(released.notes, to: &facts)
            return facts
        }
        var facts = Facts(path)
        facts.add("model", "\(released.kind.title), \(released.layoutTitle)")
        addTensors(released.tensors, to: &facts)
        for (part, tensors) in parts(released.tensors) {
            facts.add("  below " + part, "\(tensors.count) tensors, \(count(tensors)) parameters")
        }
        facts.add("missing", "the CLIP model below; name it with --backbone to see whether they fit")
        add(released.notes, to: &facts)
        return facts
    }

    /// Builds the model, so that facts are only told of weights that fit.
    private func facts(of checkpoint: ActionModelCheckpoint) throws -> Facts {
        do throws(ActionModelError) { _ = try checkpoint.model() } catch {
            guard case .unfitting(_, let misfits) = error else { throw error }
            throw Misfits(path: path, misfits: misfits)
        }
        let configuration = checkpoint.configuration, cost = configuration.cost(), vision = configuration.vision
        var facts = Facts(path)
        facts.add("model", "\(configuration.kind.title), \(checkpoint.layout)")
        addTensors(checkpoint.tensors, to: &facts)
        facts.add(
            "input",
            (configuration.frames.map { "\($0) frames" } ?? "any number of frames") + " of \(vision.imageSize) px")
        facts.add(
            "image tower",
            "patches of \(vision.patchSize), \(vision.blocks.layers) blocks of width \(vision.blocks.width)")
        facts.add(
            "text tower", configuration.text.map { "\($0.blocks.layers) blocks of width \($0.blocks.width)" } ?? "none")
        facts.add(
            "trained classes",
            configuration.classes.map { classes in
                "\(classes)" + (checkpoint.classNames == nil ? ", names not beside it" : ", named in labels.txt")
            } ?? "none")
        if case .actionCLIP(let own) = configuration, let token = own.token {
            facts.add(
                "second view",
                "\(token.readout.rawValue), \(token.level.rawValue); "
                    + "fused by \((own.fusion ?? .averageProbabilities).rawValue)")
        }
        facts.add("parameters", "\(cost.parameters), \(cost.trained) of them trained")
        for part in cost.parts { facts.add("  of " + part.name, "\(part.parameters), \(part.trained) trained") }
        facts.add("GMAC a clip", CostTable.giga(cost.clipMACs))
        if cost.textMACs > 0 { facts.add("GMAC a text", CostTable.giga(cost.textMACs)) }
        if configuration.text != nil {
            facts.add("vocabulary", checkpoint.vocabularyPath ?? "none beside it; CLIP's is used")
        }
        for warning in checkpoint.warnings { facts.add("warning", warning) }
        return facts
    }

    private func addTensors(_ tensors: [String: Tensor], to facts: inout Facts) {
        facts.add("element types", Set(tensors.values.map(\.dtype.rawValue)).sorted().joined(separator: ", "))
        facts.add("tensors", "\(tensors.count), \(count(tensors)) elements")
    }

    private func add(_ notes: [String], to facts: inout Facts) {
        for note in notes { facts.add("also in the file", note) }
    }

    private func count(_ tensors: [String: Tensor]) -> Int { tensors.values.reduce(0) { $0 + $1.count } }

    /// Tensors by the first component of their names.
    private func parts(_ tensors: [String: Tensor]) -> [(String, [String: Tensor])] {
        let groups = Dictionary(grouping: tensors) { $0.key.split(separator: ".").first.map(String.init) ?? "" }
        return groups.sorted { $0.key < $1.key }
            .map { ($0.key, Dictionary(uniqueKeysWithValues: $0.value.map { ($0.key, $0.value) })) }
    }
}

/// Everything about a checkpoint that does not fit its model, one name a line.
private struct Misfits: Error, CustomStringConvertible {
    let path: String
    let misfits: ParameterError

    var description: String {
        let lines =
            misfits.missing.map { "missing: \($0)" } + misfits.unexpected.map { "not part of the model: \($0)" }
            + misfits.mismatched.map { "another shape or type: \($0)" }
        return "\(path): the checkpoint does not fit the model\n" + lines.joined(separator: "\n")
    }
}
