internal import ActionModels
internal import CLIP
internal import Foundation

/// A model with everything that its paper says of it: sizes, recipe, clips; read from a YAML file.
///
/// A file is complete: every number stands in it, nothing is inherited, unknown keys are refused. So a copy of a file is
/// the beginning of a model of one's own. The keys are the properties of the configuration and of the recipe:
///
///     title: what it is
///     source: where its numbers come from
///     method: actionclip, m2clip, evl or st-adapter
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
            self.init(name: name, try YAMLDocument(try Self.text(of: path)).decode(Content.self))
            try validate()
        } catch {
            throw .badPreset(path: path, line: error.line, key: error.key, detail: error.detail)
        }
    }

    private init(name: String, _ content: Content) {
        self.name = name
        (title, source, model, data) = (content.title, content.source, content.model, content.data)
    }

    private static func text(of path: String) throws(YAMLProblem) -> String {
        guard let data = RegularFile.beginning(of: path, atMost: YAMLDocument.limits.bytes + 1) else {
            throw YAMLProblem(detail: "there is no such file, or it cannot be read")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw YAMLProblem(detail: "the file is not UTF-8") }
        return text
    }

    private func validate() throws(YAMLProblem) {
        do throws(ActionModelError) { try model.configuration.validate() } catch {
            throw YAMLProblem(key: "model", detail: "\(error)")
        }
        do throws(TrainingError) { try model.validateRecipe() } catch {
            throw YAMLProblem(key: "recipe", detail: "\(error)")
        }
        if let problem = data?.problem(imageSize: model.configuration.vision.imageSize) {
            throw YAMLProblem(key: "data.\(problem.key)", detail: problem.detail)
        }
    }

    /// What stands in a file.
    private struct Content: Decodable {
        enum CodingKeys: String, CodingKey { case title, source, method, model, recipe, data }

        let title: String
        let source: String
        let model: PresetModel
        let data: PresetData?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func part<T: Decodable>(_ type: T.Type = T.self) throws -> T {
                try container.decode(T.self, forKey: .model)
            }
            func recipe<T: Decodable>(_ type: T.Type = T.self) throws -> T? {
                try container.decodeIfPresent(T.self, forKey: .recipe)
            }
            title = try container.decode(String.self, forKey: .title)
            source = try container.decode(String.self, forKey: .source)
            model =
                switch try container.decode(ActionModelKind.self, forKey: .method) {
                case .clip:
                    throw DecodingError.dataCorruptedError(
                        forKey: .method, in: container, debugDescription: "CLIP itself is actionclip with meanP")
                case .actionCLIP: .actionCLIP(try part(), recipe: try recipe())
                case .m2CLIP: .m2CLIP(try part(), recipe: try recipe())
                case .evl: .evl(try part(), recipe: try recipe())
                case .stAdapter: .stAdapter(try part(), recipe: try recipe())
                }
            data = try container.decodeIfPresent(PresetData.self, forKey: .data)
        }
    }
}
