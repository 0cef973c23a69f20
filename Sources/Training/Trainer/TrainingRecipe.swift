public import Datasets
internal import Foundation

/// A training run as a file: a preset, and where it starts, which lists it reads, and how it goes.
///
///     title, source, method, model, recipe, data      as in a preset
///     start      the CLIP, or the trained model, that the run starts from
///     lists      the clips to train on, and those to evaluate on
///     run        seed, workers, clipping, averaging, evaluation, checkpoints; may be left out
///
/// The file is complete: nothing is inherited, and unknown keys are refused.
public struct TrainingRecipe: Sendable, Equatable {
    /// Where the weights come from.
    public struct Start: Codable, Sendable, Equatable {
        /// A CLIP of any format, or a trained model of the recipe's method: a path or the name of a model.
        public var checkpoint: String
        /// Whether a trained model's class head is made anew.
        public var resetHead: Bool?
        /// Whether the model's CLIP is smaller than the checkpoint and cut out of it, by ``WeightInheritance``.
        public var inherit: Bool?

        /// Names a checkpoint.
        ///
        /// - Parameters:
        ///   - checkpoint: a path or the name of a model.
        ///   - resetHead: whether a trained model's class head is made anew.
        ///   - inherit: whether the model's CLIP is cut out of the checkpoint's.
        public init(checkpoint: String, resetHead: Bool? = nil, inherit: Bool? = nil) {
            self.checkpoint = checkpoint
            self.resetHead = resetHead
            self.inherit = inherit
        }
    }

    /// Which clips a run reads.
    public struct Lists: Codable, Sendable, Equatable {
        /// The clips to train on.
        public var train: ListReference
        /// The clips to evaluate on; nil evaluates never.
        public var validation: ListReference?
        /// How class names become words of sentences; nil means ``LabelText/standard``, as in evaluation.
        public var text: LabelText?

        /// Names lists.
        ///
        /// - Parameters:
        ///   - train: the clips to train on.
        ///   - validation: the clips to evaluate on.
        ///   - text: how class names become words of sentences.
        public init(train: ListReference, validation: ListReference? = nil, text: LabelText? = nil) {
            self.train = train
            self.validation = validation
            self.text = text
        }
    }

    /// The model, its recipe and its clips.
    public let preset: Preset
    /// Where the weights come from.
    public let start: Start
    /// Which clips the run reads.
    public let lists: Lists
    /// How the run goes.
    public let run: RunSettings
    /// The file's text as it is; where something was set beside it, with that and without comments.
    public let text: String

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the path of a YAML file.
    ///   - assignments: values that stand over the file's, `run.seed=2`.
    /// - Throws: `TrainingError.badPreset` naming the file, the line and the key, and the nearest one that there is.
    public init(contentsOf path: String, setting assignments: [String] = []) throws(TrainingError) {
        do throws(YAMLProblem) {
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            try self.init(name: name, text: try RecipeFile.text(of: path), assignments)
        } catch {
            throw .badPreset(path: path, line: error.line, key: error.key, detail: error.detail)
        }
    }

    init(name: String, text: String, _ assignments: [String] = []) throws(YAMLProblem) {
        var document = try YAMLDocument(text)
        for assignment in assignments { try document.set(assignment) }
        let file = try document.decode(RecipeFile.self)
        preset = try file.preset(named: name)
        guard preset.model.hasRecipe else {
            throw YAMLProblem(key: "recipe", detail: "a run needs the method's recipe")
        }
        guard preset.data?.training != nil else {
            throw YAMLProblem(key: "data.training", detail: "a run needs to know how training clips are made")
        }
        guard let start = file.start else {
            throw YAMLProblem(key: "start", detail: "name the CLIP that the run starts from")
        }
        guard let lists = file.lists else { throw YAMLProblem(key: "lists", detail: "name the clips to train on") }
        (self.start, self.lists) = (start, lists)
        run = file.run ?? RunSettings()
        do { try run.validate() } catch { throw YAMLProblem(key: "run", detail: "\(error)") }
        self.text = assignments.isEmpty ? text : try document.text()
    }
}

extension TrainingRecipe {
    /// Whether another recipe asks for the same run, whatever its file is called.
    func isSame(as other: TrainingRecipe) -> Bool { differences(from: other).isEmpty }

    /// In what another recipe differs, one sentence a key.
    func differences(from other: TrainingRecipe) -> [String] { RecipeText.differences(text, other.text) }
}
