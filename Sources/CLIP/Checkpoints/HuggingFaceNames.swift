internal import Torch

/// The one table between transformers' names and the canonical ones.
enum HuggingFaceNames {
    /// Pairs of a transformers name and the canonical one that differ as a whole.
    private static let whole: [(String, String)] = [
        ("logit_scale", "logit_scale"),
        ("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
        ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
        ("text_model.final_layer_norm.weight", "ln_final.weight"),
        ("text_model.final_layer_norm.bias", "ln_final.bias"),
        ("vision_model.embeddings.class_embedding", "visual.class_embedding"),
        ("vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight"),
        ("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
        ("vision_model.pre_layrnorm.weight", "visual.ln_pre.weight"),  // misspelt in transformers
        ("vision_model.pre_layrnorm.bias", "visual.ln_pre.bias"),
        ("vision_model.post_layernorm.weight", "visual.ln_post.weight"),
        ("vision_model.post_layernorm.bias", "visual.ln_post.bias"),
    ]
    /// Matrices that transformers keeps transposed.
    private static let transposed: [(String, String)] = [
        ("text_projection.weight", "text_projection"), ("visual_projection.weight", "visual.proj"),
    ]
    private static let inLayer: [(String, String)] = [
        ("layer_norm1", "ln_1"), ("self_attn.out_proj", "attn.out_proj"), ("layer_norm2", "ln_2"),
        ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
    ]
    private static let towers: [(String, String)] = [
        ("text_model.encoder.layers.", "transformer.resblocks."),
        ("vision_model.encoder.layers.", "visual.transformer.resblocks."),
    ]

    /// Renames, joins queries, keys and values, and transposes.
    static func canonical(_ stored: [String: Tensor], path: String) throws(CLIPError) -> [String: Tensor] {
        var rest = stored.filter { !$0.key.hasSuffix(".embeddings.position_ids") }
        var result: [String: Tensor] = [:]
        for (foreign, own) in whole { result[own] = rest.removeValue(forKey: foreign) }
        for (foreign, own) in transposed {
            guard let tensor = rest.removeValue(forKey: foreign) else { continue }
            guard tensor.rank == 2 else {
                throw .inconsistentWeights(path: path, detail: "\(foreign) has shape \(tensor.shape)")
            }
            result[own] = tensor.transposed().contiguous()
        }
        for name in rest.keys.sorted() {
            guard let (own, tensor) = try layer(name, &rest, path) else { continue }
            result[own] = tensor
        }
        if let twin = rest.keys.filter({ result[$0] != nil }).min() {
            throw .inconsistentWeights(path: path, detail: "\(twin) is there under this name and transformers' own")
        }
        // What no table knows stays under its own name and is reported as unexpected by the strict loader.
        return result.merging(rest) { own, _ in own }
    }

    private static func layer(
        _ name: String, _ rest: inout [String: Tensor], _ path: String
    ) throws(CLIPError) -> (String, Tensor)? {
        guard let (foreignTower, tower) = towers.first(where: { name.hasPrefix($0.0) }) else { return nil }
        let parts = name.dropFirst(foreignTower.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let (index, part) = (parts[0], parts[1])
        if let (foreign, own) = inLayer.first(where: { part.hasPrefix($0.0 + ".") }) {
            guard let tensor = rest.removeValue(forKey: name) else { return nil }
            return ("\(tower)\(index).\(own)\(part.dropFirst(foreign.count))", tensor)
        }
        guard part.hasPrefix("self_attn.q_proj."), let suffix = part.split(separator: ".").last else { return nil }
        let names = ["q", "k", "v"].map { "\(foreignTower)\(index).self_attn.\($0)_proj.\(suffix)" }
        let tensors = names.compactMap { rest[$0] }
        guard tensors.count == 3, Set(tensors.map(\.shape)).count == 1, Set(tensors.map(\.dtype)).count == 1,
            tensors[0].rank == (suffix == "weight" ? 2 : 1)
        else {
            throw .inconsistentWeights(
                path: path, detail: "\(names[0]) and its k_proj and v_proj are not three equal shapes")
        }
        for name in names { rest[name] = nil }
        return ("\(tower)\(index).attn.in_proj_\(suffix)", .concatenated(tensors, axis: 0))
    }

    /// The tensors under transformers' names, for writing.
    static func foreign(_ canonical: [String: Tensor]) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, tensor) in canonical {
            if let (foreign, _) = whole.first(where: { $0.1 == name }) {
                result[foreign] = tensor
            } else if let (foreign, _) = transposed.first(where: { $0.1 == name }) {
                result[foreign] = tensor.transposed().contiguous()
            } else if let (foreignTower, tower) = towers.last(where: { name.hasPrefix($0.1) }) {
                let parts = name.dropFirst(tower.count).split(separator: ".", maxSplits: 1)
                if let (foreign, own) = inLayer.first(where: { parts[1].hasPrefix($0.1 + ".") }) {
                    result["\(foreignTower)\(parts[0]).\(foreign)\(parts[1].dropFirst(own.count))"] = tensor
                } else {
                    let third = tensor.shape[0] / 3
                    for (i, letter) in ["q", "k", "v"].enumerated() {
                        let suffix = parts[1].hasSuffix("weight") ? "weight" : "bias"
                        result["\(foreignTower)\(parts[0]).self_attn.\(letter)_proj.\(suffix)"] =
                            tensor.slice(0, (i * third)..<((i + 1) * third)).contiguous()
                    }
                }
            }
        }
        return result
    }
}
