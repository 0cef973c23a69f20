internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation

/// What can stand in the YAML file of a preset or of a training recipe.
struct RecipeFile: Decodable {
    /// What `method` says.
    private enum Method: String, Decodable, CaseIterable {
        case clip
        case actionCLIP = "actionclip"
        case m2CLIP = "m2clip"
        case evl
        case stAdapter = "st-adapter"
        case linearProbe = "linear-probe"
        case distillation
    }

    private enum CodingKeys: String, CodingKey { case title, source, method, model, recipe, data, start, lists, run }

    let title: String
    let source: String
    let model: PresetModel
    let data: PresetData?
    let start: TrainingRecipe.Start?
    let lists: TrainingRecipe.Lists?
    let run: RunSettings?

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
            switch try container.decode(Method.self, forKey: .method) {
            case .clip:
                throw DecodingError.dataCorruptedError(
                    forKey: .method, in: container, debugDescription: "CLIP itself is actionclip with meanP")
            case .actionCLIP: .actionCLIP(try part(), recipe: try recipe())
            case .distillation: .distillation(try part(), recipe: try recipe())
            case .m2CLIP: .m2CLIP(try part(), recipe: try recipe())
            case .evl: .evl(try part(), recipe: try recipe())
            case .stAdapter: .stAdapter(try part(), recipe: try recipe())
            case .linearProbe: .linearProbe(try part(), recipe: try recipe())
            }
        data = try container.decodeIfPresent(PresetData.self, forKey: .data)
        start = try container.decodeIfPresent(TrainingRecipe.Start.self, forKey: .start)
        lists = try container.decodeIfPresent(TrainingRecipe.Lists.self, forKey: .lists)
        run = try container.decodeIfPresent(RunSettings.self, forKey: .run)
    }

    /// The text of a file, without a byte order mark.
    static func text(of path: String) throws(YAMLProblem) -> String {
        guard let data = RegularFile.beginning(of: path, atMost: YAMLDocument.limits.bytes + 1) else {
            throw YAMLProblem(detail: "there is no such file, or it cannot be read")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw YAMLProblem(detail: "the file is not UTF-8") }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// The model, its recipe and its clips, every number checked.
    func preset(named name: String) throws(YAMLProblem) -> Preset {
        do throws(ActionModelError) { try model.configuration.validate() } catch {
            throw YAMLProblem(key: "model", detail: "\(error)")
        }
        do throws(TrainingError) { try model.validateRecipe() } catch {
            throw YAMLProblem(key: "recipe", detail: "\(error)")
        }
        if let problem = data?.problem(imageSize: model.configuration.vision.imageSize) {
            throw YAMLProblem(key: "data.\(problem.key)", detail: problem.detail)
        }
        return Preset(name: name, self)
    }
}
