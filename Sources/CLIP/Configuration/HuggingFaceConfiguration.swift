internal import Foundation

/// Hugging Face's `config.json` of a CLIP model.
///
/// Source: transformers `models/clip/configuration_clip.py` for names, defaults and the legacy `*_config_dict` rule.
struct HuggingFaceFile {
    let configuration: CLIPConfiguration

    private struct Outer: Codable {
        var architectures: [String]?
        var model_type: String?
        var projection_dim: Int?
        var text_config: Text?
        var vision_config: Vision?
        var text_config_dict: Text?
        var vision_config_dict: Vision?
    }

    private struct Text: Codable {
        var hidden_size: Int?
        var intermediate_size: Int?
        var num_hidden_layers: Int?
        var num_attention_heads: Int?
        var max_position_embeddings: Int?
        var vocab_size: Int?
        var hidden_act: String?
        var layer_norm_eps: Double?
        var bos_token_id: Int?
        var eos_token_id: Int?
        var projection_dim: Int?
        var model_type: String?
    }

    private struct Vision: Codable {
        var hidden_size: Int?
        var intermediate_size: Int?
        var num_hidden_layers: Int?
        var num_attention_heads: Int?
        var image_size: Int?
        var patch_size: Int?
        var hidden_act: String?
        var layer_norm_eps: Double?
        var projection_dim: Int?
        var model_type: String?
    }

    /// The values of `model_type` that hold one or both CLIP towers.
    static let modelTypes: Set<String> = ["clip", "clip_vision_model", "clip_text_model"]

    init(_ data: Data, path: String) throws(CLIPError) {
        let file: Outer
        var text: Text, vision: Vision
        do {
            file = try JSONDecoder().decode(Outer.self, from: data)
            text = file.text_config_dict ?? file.text_config ?? Text()
            vision = file.vision_config_dict ?? file.vision_config ?? Vision()
            // A file of one tower holds that tower's fields at the top.
            if file.model_type == "clip_text_model" { text = try JSONDecoder().decode(Text.self, from: data) }
            if file.model_type == "clip_vision_model" { vision = try JSONDecoder().decode(Vision.self, from: data) }
        } catch {
            throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
        }
        let activation = try Self.activation(text.hidden_act ?? vision.hidden_act, path)
        if file.model_type == "clip",
            try Self.activation(text.hidden_act, path) != Self.activation(vision.hidden_act, path)
        {
            throw .unsupported(path: path, feature: "different hidden_act in the two towers")
        }
        let eps = (file.model_type == "clip_text_model" ? text.layer_norm_eps : vision.layer_norm_eps) ?? 1e-5
        if file.model_type == "clip", (text.layer_norm_eps ?? 1e-5) != eps {
            throw .unsupported(path: path, feature: "different layer_norm_eps in the two towers")
        }
        let textHeads = text.num_attention_heads ?? 8, visionHeads = vision.num_attention_heads ?? 12
        let textWidth = text.hidden_size ?? 512, visionWidth = vision.hidden_size ?? 768
        let layers = [vision.num_hidden_layers ?? 12, text.num_hidden_layers ?? 12]
        guard layers.allSatisfy({ (0...1024).contains($0) }) else {
            throw .badConfiguration("\(path): \(layers[0]) vision and \(layers[1]) text layers")
        }
        guard textHeads > 0, visionHeads > 0, textWidth % textHeads == 0, visionWidth % visionHeads == 0 else {
            throw .badConfiguration("\(path): heads do not divide the width")
        }
        let end = text.eos_token_id ?? 49407
        configuration = CLIPConfiguration(
            embedDim: file.projection_dim ?? 512,
            vision: VisionConfiguration(
                imageSize: vision.image_size ?? 224, patchSize: vision.patch_size ?? 32,
                blocks: TransformerConfiguration(
                    width: visionWidth, layers: layers[0], heads: visionHeads,
                    mlpWidth: vision.intermediate_size ?? 3072)),
            text: TextConfiguration(
                contextLength: text.max_position_embeddings ?? 77, vocabularySize: text.vocab_size ?? 49408,
                blocks: TransformerConfiguration(
                    width: textWidth, layers: layers[1], heads: textHeads, mlpWidth: text.intermediate_size ?? 2048),
                // 2 is the historical mistake: such models pool at the largest id.
                pooling: end == 2 ? .largestToken : .firstToken(end)),
            activation: activation, layerNormEps: eps)
        try configuration.validate()
    }

    private static func activation(_ name: String?, _ path: String) throws(CLIPError) -> Activation {
        guard let activation = Activation(rawValue: name ?? "quick_gelu") else {
            throw .unsupported(path: path, feature: "hidden_act = \(name ?? "")")
        }
        return activation
    }
}

extension HuggingFaceFile {
    /// The file that transformers reads for a model.
    ///
    /// - Throws: `CLIPError.unsupported` for pruned models, which transformers cannot describe.
    static func data(
        _ configuration: CLIPConfiguration, startID: Int?, endID: Int?, path: String
    ) throws(CLIPError) -> Data {
        let (vision, text) = (configuration.vision.blocks, configuration.text.blocks)
        for blocks in [vision, text] {
            guard Set(blocks.heads).count == 1, Set(blocks.mlpWidths).count == 1,
                blocks.heads.allSatisfy({ $0 * blocks.headWidth == blocks.width })
            else { throw .unsupported(path: path, feature: "a pruned model in Hugging Face's layout") }
        }
        guard configuration.vision.isSquare else {
            throw .unsupported(path: path, feature: "pictures that are not square in Hugging Face's layout")
        }
        let end: Int? =
            switch configuration.text.pooling {
            case .largestToken: endID ?? 2
            case .firstToken(let id): id
            }
        let (embedDim, eps) = (configuration.embedDim, configuration.layerNormEps)
        let name = configuration.activation.rawValue
        let file = Outer(
            architectures: ["CLIPModel"], model_type: "clip", projection_dim: embedDim,
            text_config: Text(
                hidden_size: text.width, intermediate_size: text.mlpWidths[0], num_hidden_layers: text.layers,
                num_attention_heads: text.heads[0], max_position_embeddings: configuration.text.contextLength,
                vocab_size: configuration.text.vocabularySize, hidden_act: name, layer_norm_eps: eps,
                bos_token_id: startID, eos_token_id: end, projection_dim: embedDim, model_type: "clip_text_model"),
            vision_config: Vision(
                hidden_size: vision.width, intermediate_size: vision.mlpWidths[0], num_hidden_layers: vision.layers,
                num_attention_heads: vision.heads[0], image_size: configuration.vision.imageSize,
                patch_size: configuration.vision.patchSize, hidden_act: name, layer_norm_eps: eps,
                projection_dim: embedDim, model_type: "clip_vision_model"))
        return try jsonData(file, path)
    }
}
