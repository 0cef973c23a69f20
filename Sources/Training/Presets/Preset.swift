internal import Foundation

/// A model with everything that its paper says of it: sizes, recipe, clips; read from a YAML file.
///
/// A file is complete: every number stands in it, nothing is inherited, unknown keys are refused. So a copy of a file is
/// the beginning of a model of one's own. The keys are the properties of the configuration and of the recipe:
///
///     title: what it is
///     source: where its numbers come from
///     method: actionclip, m2clip, evl, st-adapter, linear-probe or distillation
///     model: the method's configuration
///     recipe: the method's recipe; may be missing
///     data: how clips are made; may be missing
public struct Preset: Sendable, Equatable {
    /// The file's name without its end.
    public let name: String
    /// What it is, in one line.
    public let title: String
    /// Where the numbers come from.
    public let source: String
    /// The model and its recipe.
    public let model: PresetModel
    /// How clips are made; nil where nothing is known.
    public let data: PresetData?

    /// Reads a file.
    ///
    /// - Parameter path: the path of a YAML file.
    /// - Throws: `TrainingError.badPreset` naming the file, the line and the key.
    public init(contentsOf path: String) throws(TrainingError) {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        do throws(YAMLProblem) {
            let content = try YAMLDocument(try RecipeFile.text(of: path)).decode(RecipeFile.self)
            self = try content.preset(named: name)
        } catch {
            throw .badPreset(path: path, line: error.line, key: error.key, detail: error.detail)
        }
    }

    init(name: String, _ content: RecipeFile) {
        self.name = name
        (title, source, model, data) = (content.title, content.source, content.model, content.data)
    }
}
