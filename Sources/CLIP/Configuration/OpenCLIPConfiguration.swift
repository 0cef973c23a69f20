internal import Video
internal import Foundation

/// open_clip's `open_clip_config.json`, or the bare `model_cfg` of its `model_configs/*.json`.
///
/// Source: open_clip `src/open_clip/model.py` (`CLIPVisionCfg`, `CLIPTextCfg`) for names and defaults.
struct OpenCLIPFile {
    let configuration: CLIPConfiguration
    let preprocessing: Preprocessing?

    private struct Outer: Decodable {
        let model_cfg: Model?
        let preprocess_cfg: Preprocess?
    }

    private struct Model: Codable {
        var embed_dim: Int
        var quick_gelu: Bool?
        var vision_cfg: Vision
        var text_cfg: Text
    }

    private struct Vision: Codable {
        var image_size: Int?
        var layers: Int?
        var width: Int?
        var head_width: Int?
        var mlp_ratio: Double?
        var patch_size: Int?
    }

    private struct Text: Codable {
        var context_length: Int?
        var vocab_size: Int?
        var width: Int?
        var heads: Int?
        var layers: Int?
        var mlp_ratio: Double?
    }

    private struct Preprocess: Codable {
        var size: OneOrMore?
        var mean: [Double]?
        var std: [Double]?
        var interpolation: String?
        var resize_mode: String?
        var fill_color: OneOrMore?
    }

    private enum OneOrMore: Codable {
        case one(Int), more([Int])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self =
                if let one = try? container.decode(Int.self) { .one(one) } else {
                    .more(try container.decode([Int].self))
                }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .one(let one): try container.encode(one)
            case .more(let more): try container.encode(more)
            }
        }

        var side: Int? {
            switch self {
            case .one(let one): one
            case .more(let more): more.count == 1 || (more.count == 2 && more[0] == more[1]) ? more[0] : nil
            }
        }
    }

    /// Settings whose models have other layers than CLIP's, with the values that mean "not used".
    private static let unsupported: [(section: String, key: String, harmless: Set<String>)] = [
        ("vision_cfg", "timm_model_name", ["null"]), ("text_cfg", "hf_model_name", ["null"]),
        ("vision_cfg", "ls_init_value", ["null"]), ("text_cfg", "ls_init_value", ["null"]),
        ("vision_cfg", "attentional_pool", ["null", "false"]), ("vision_cfg", "no_ln_pre", ["null", "false"]),
        ("vision_cfg", "pool_type", ["null", "tok"]), ("text_cfg", "pool_type", ["null", "argmax"]),
        ("vision_cfg", "final_ln_after_pool", ["null", "false"]), ("text_cfg", "no_causal_mask", ["null", "false"]),
        ("text_cfg", "embed_cls", ["null", "false"]), ("text_cfg", "proj_type", ["null", "linear"]),
        ("vision_cfg", "qk_norm", ["null", "false"]), ("text_cfg", "qk_norm", ["null", "false"]),
        ("vision_cfg", "scale_attn", ["null", "false"]), ("vision_cfg", "scaled_cosine_attn", ["null", "false"]),
        ("text_cfg", "scale_attn", ["null", "false"]),
        ("text_cfg", "scaled_cosine_attn", ["null", "false"]), ("vision_cfg", "scale_fc", ["null", "false"]),
        ("text_cfg", "scale_fc", ["null", "false"]), ("vision_cfg", "scale_heads", ["null", "false"]),
        ("text_cfg", "scale_heads", ["null", "false"]), ("vision_cfg", "scale_attn_inner", ["null", "false"]),
        ("text_cfg", "scale_attn_inner", ["null", "false"]), ("vision_cfg", "norm_kwargs", ["null", "[:]"]),
        ("text_cfg", "norm_kwargs", ["null", "[:]"]), ("vision_cfg", "act_kwargs", ["null", "[:]"]),
        ("text_cfg", "act_kwargs", ["null", "[:]"]), ("text_cfg", "text_arch", ["null", "classic"]),
        ("vision_cfg", "patch_dropout", ["null", "0", "0.0"]),
    ]

    init(_ data: Data, path: String) throws(CLIPError) {
        let root: [String: Any]
        let outer: Outer, model: Model
        do {
            root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
            try Self.refuseUnsupported(root["model_cfg"] as? [String: Any] ?? root, path)
            outer = try JSONDecoder().decode(Outer.self, from: data)
            model = try outer.model_cfg ?? JSONDecoder().decode(Model.self, from: data)
        } catch let error as CLIPError {
            throw error
        } catch {
            throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
        }
        let configuration = try Self.configuration(model, path)
        self.configuration = configuration
        preprocessing = try outer.preprocess_cfg.map { file throws(CLIPError) in
            try Self.preprocessing(file, imageSize: configuration.vision.imageSize, path)
        }
    }

    private static func refuseUnsupported(_ model: [String: Any], _ path: String) throws(CLIPError) {
        for (section, key, harmless) in unsupported {
            guard let value = (model[section] as? [String: Any])?[key] else { continue }
            let text: String
            switch value {
            case is NSNull: text = "null"
            case let flag as Bool: text = flag ? "true" : "false"
            default: text = "\(value)"
            }
            guard harmless.contains(text) || (harmless.contains("false") && text == "0") else {
                throw .unsupported(path: path, feature: "\(section).\(key) = \(text)")
            }
        }
        if (model["vision_cfg"] as? [String: Any])?["layers"] is [Any] {
            throw .unsupported(path: path, feature: "a ResNet image tower (vision_cfg.layers is a list)")
        }
    }

    private static func configuration(_ model: Model, _ path: String) throws(CLIPError) -> CLIPConfiguration {
        let (vision, text) = (model.vision_cfg, model.text_cfg)
        let visionWidth = vision.width ?? 768, headWidth = vision.head_width ?? 64
        let textWidth = text.width ?? 512, textHeads = text.heads ?? 8
        let layers = [vision.layers ?? 12, text.layers ?? 12]
        guard layers.allSatisfy({ (0...1024).contains($0) }) else {
            throw .badConfiguration("\(path): \(layers[0]) vision and \(layers[1]) text layers")
        }
        guard headWidth > 0, visionWidth > 0, visionWidth % headWidth == 0, textHeads > 0, textWidth % textHeads == 0
        else { throw .badConfiguration("\(path): heads do not divide the width") }
        func inner(_ width: Int, _ ratio: Double?) throws(CLIPError) -> Int {
            let inner = Double(width) * (ratio ?? 4)
            guard inner >= 0, inner < 1e7 else { throw .badConfiguration("\(path): mlp_ratio \(ratio ?? 4)") }
            return Int(inner)
        }
        let configuration = CLIPConfiguration(
            embedDim: model.embed_dim,
            vision: VisionConfiguration(
                imageSize: vision.image_size ?? 224, patchSize: vision.patch_size ?? 16,
                blocks: TransformerConfiguration(
                    width: visionWidth, layers: layers[0], heads: visionWidth / headWidth,
                    mlpWidth: try inner(visionWidth, vision.mlp_ratio))),
            text: TextConfiguration(
                contextLength: text.context_length ?? 77, vocabularySize: text.vocab_size ?? 49408,
                blocks: TransformerConfiguration(
                    width: textWidth, layers: layers[1], heads: textHeads,
                    mlpWidth: try inner(textWidth, text.mlp_ratio))),
            activation: model.quick_gelu == true ? .quickGELU : .gelu)
        try configuration.validate()
        return configuration
    }

    private static func preprocessing(
        _ file: Preprocess, imageSize: Int, _ path: String
    ) throws(CLIPError) -> Preprocessing {
        if let size = file.size, size.side == nil {
            throw .unsupported(path: path, feature: "preprocess_cfg.size that is not square")
        }
        if let colour = file.fill_color?.side, colour != 0 {
            throw .unsupported(path: path, feature: "preprocess_cfg.fill_color = \(colour)")
        }
        var result = Preprocessing(imageSize: file.size?.side ?? imageSize)
        if let mean = file.mean { result.mean = mean }
        if let std = file.std { result.std = std }
        if let name = file.interpolation { result.interpolation = try Preprocessing.kernel(named: name, path) }
        if let name = file.resize_mode {
            guard let mode = Preprocessing.ResizeMode(rawValue: name) else {
                throw .unsupported(path: path, feature: "preprocess_cfg.resize_mode = \(name)")
            }
            result.resizeMode = mode
        }
        try result.validate(path)
        return result
    }
}

extension OpenCLIPFile {
    /// The file that open_clip reads for a model.
    ///
    /// - Throws: `CLIPError.unsupported` for pruned models and rectangular pictures, which are not described there.
    static func data(
        _ configuration: CLIPConfiguration, _ preprocessing: Preprocessing, path: String
    ) throws(CLIPError) -> Data {
        let (vision, text) = (configuration.vision.blocks, configuration.text.blocks)
        for blocks in [vision, text] {
            guard Set(blocks.heads).count <= 1, Set(blocks.mlpWidths).count <= 1,
                blocks.heads.allSatisfy({ $0 * blocks.headWidth == blocks.width })
            else { throw .unsupported(path: path, feature: "a pruned model in open_clip's layout") }
        }
        guard configuration.vision.isSquare else {
            throw .unsupported(path: path, feature: "pictures that are not square in open_clip's layout")
        }
        guard configuration.layerNormEps == 1e-5 else {
            throw .unsupported(path: path, feature: "layer_norm_eps other than 1e-5 in open_clip's layout")
        }
        if case .firstToken(let id) = configuration.text.pooling, id != configuration.text.vocabularySize - 1 {
            throw .unsupported(path: path, feature: "an end token that is not the largest id in open_clip's layout")
        }
        // open_clip multiplies and cuts: the quotient must not have been rounded down.
        func ratio(_ blocks: TransformerConfiguration) -> Double {
            let inner = blocks.mlpWidths.first ?? 4 * blocks.width
            let ratio = Double(inner) / Double(blocks.width)
            return Int(Double(blocks.width) * ratio) == inner ? ratio : ratio.nextUp
        }
        let model = Model(
            embed_dim: configuration.embedDim, quick_gelu: configuration.activation == .quickGELU,
            vision_cfg: Vision(
                image_size: configuration.vision.imageSize, layers: vision.layers, width: vision.width,
                head_width: vision.headWidth, mlp_ratio: ratio(vision), patch_size: configuration.vision.patchSize),
            text_cfg: Text(
                context_length: configuration.text.contextLength, vocab_size: configuration.text.vocabularySize,
                width: text.width, heads: text.heads.first ?? 8, layers: text.layers, mlp_ratio: ratio(text)))
        struct File: Encodable {
            let model_cfg: Model
            let preprocess_cfg: Preprocess
        }
        let preprocess = Preprocess(
            size: .one(preprocessing.imageSize), mean: preprocessing.mean, std: preprocessing.std,
            interpolation: preprocessing.interpolation.rawValue, resize_mode: preprocessing.resizeMode.rawValue)
        return try jsonData(File(model_cfg: model, preprocess_cfg: preprocess), path)
    }
}
