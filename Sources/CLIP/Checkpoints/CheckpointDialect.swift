internal import Torch

/// Whose names a checkpoint uses for CLIP's parameters.
public enum CheckpointDialect: String, Sendable, Codable {
    /// OpenAI's and open_clip's own names: the canonical ones.
    case openAI = "OpenAI / open_clip"
    /// open_clip's `custom_text` models: the text tower's names begin with `text.`.
    case customText = "open_clip custom text"
    /// TinyCLIP's separate towers.
    case tinyCLIP = "TinyCLIP towers"
    /// transformers' `CLIPModel` and its single towers.
    case huggingFace = "Hugging Face"
}

/// A checkpoint's tensors under canonical names.
struct CanonicalTensors {
    var dialect: CheckpointDialect
    var tensors: [String: Tensor]
    /// Whether the three numbers were there that OpenAI's archives hold beside the weights.
    var hasOpenAIExtras = false

    /// Whether this is TinyCLIP's, whose activation is GELU and whose layers may be pruned; its pruned models also come
    /// under plain names and are then known by widths that no heads of 64 fill.
    var isTinyCLIP: Bool {
        let widths = [tensors["visual.conv1.weight"], tensors["ln_final.weight"]].compactMap { $0?.shape.first }
        return dialect == .tinyCLIP || widths.contains { $0 % 64 != 0 }
    }

    private static let extras = ["input_resolution", "context_length", "vocab_size"]

    /// Name prefixes of towers that Verb does not implement, with what they are.
    private static let foreign: [(part: String, feature: String)] = [
        ("visual.layer1.0.", "a ResNet image tower"), ("visual.attnpool.", "a ResNet image tower"),
        ("visual.trunk.", "a timm image tower"), ("ls_1.gamma", "layer scale"),
        ("visual.attn_pool.", "attentional pooling"), ("logit_bias", "SigLIP"),
        ("text.transformer.embeddings.", "a Hugging Face text tower"), ("text_decoder.", "CoCa"),
        ("visual.model.head.", "TinyCLIP's timm head"), ("l0_module.", "a TinyCLIP checkpoint with unfused masks"),
    ]

    /// Recognises the dialect and renames.
    ///
    /// - Throws: `CLIPError.unsupported` for other model families, `.inconsistentWeights` for contradictions.
    init(_ stored: [String: Tensor], path: String) throws(CLIPError) {
        var named = Self.withoutCommonPrefixes(stored)
        for (part, feature) in Self.foreign where named.keys.contains(where: { $0.contains(part) }) {
            throw .unsupported(path: path, feature: feature)
        }
        let extras = Self.extras.compactMap { name in named.removeValue(forKey: name).map { (name, $0) } }
        if named.keys.contains(where: Self.isTinyCLIP) {
            dialect = .tinyCLIP
            tensors = try Self.fromTinyCLIP(named, path)
        } else if named.keys.contains(where: Self.isHuggingFace) {
            dialect = .huggingFace
            tensors = try HuggingFaceNames.canonical(named, path: path)
        } else if named["text.token_embedding.weight"] != nil {
            dialect = .customText
            let twins = named.keys.filter { $0.hasPrefix("text.") && named[String($0.dropFirst(5))] != nil }.sorted()
            guard twins.isEmpty else {
                throw .inconsistentWeights(path: path, detail: "\(twins[0]) is there with and without its prefix")
            }
            tensors = Self.renamed(named) { $0.hasPrefix("text.") ? String($0.dropFirst(5)) : $0 }
        } else {
            dialect = .openAI
            tensors = named
        }
        guard tensors["visual.conv1.weight"] != nil || tensors["token_embedding.weight"] != nil else {
            throw .notAModel(
                path: path,
                detail: "no CLIP weights in it (neither visual.conv1.weight nor token_embedding.weight); it holds "
                    + (stored.isEmpty ? "no tensors" : stored.keys.sorted().prefix(3).joined(separator: ", ") + ", …"))
        }
        try check(extras, path)
    }

    private static func isTinyCLIP(_ name: String) -> Bool {
        name.hasPrefix("_image_encoder.") || name.hasPrefix("image_encoder_without_ddp.")
            || name.hasPrefix("_text_encoder.")
    }

    private static func isHuggingFace(_ name: String) -> Bool {
        name.hasPrefix("vision_model.") || name.hasPrefix("text_model.")
    }

    private static func renamed(_ tensors: [String: Tensor], _ rename: (String) -> String) -> [String: Tensor] {
        Dictionary(tensors.map { (rename($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Strips what wrappers put before every name.
    private static func withoutCommonPrefixes(_ stored: [String: Tensor]) -> [String: Tensor] {
        var named = stored
        while let prefix = ["module.", "_orig_mod.", "model.", "clip."].first(where: { prefix in
            !named.isEmpty && named.keys.allSatisfy { $0.hasPrefix(prefix) }
        }) { named = renamed(named) { String($0.dropFirst(prefix.count)) } }
        return named
    }

    private static func fromTinyCLIP(_ named: [String: Tensor], _ path: String) throws(CLIPError) -> [String: Tensor] {
        let towers = [
            "_image_encoder.", "image_encoder_without_ddp.", "_text_encoder.", "text_encoder_without_ddp.",
            "_logit_scale.",
        ]
        var result: [String: Tensor] = [:]
        for (name, tensor) in named.sorted(by: { $0.key < $1.key }) {
            let plain = name.split(separator: ".").filter { $0 != "module" }.joined(separator: ".")
            let tower = towers.first { plain.hasPrefix($0) }
            let canonical = tower.map { String(plain.dropFirst($0.count)) } ?? plain
            if let twin = result[canonical] {
                guard twin.shape == tensor.shape, twin.equal(to: tensor).allTrue else {
                    throw .inconsistentWeights(
                        path: path, detail: "\(canonical) is there twice (\(name)) with different values")
                }
            }
            result[canonical] = tensor
        }
        return result
    }

    /// OpenAI's three numbers must agree with the shapes.
    private mutating func check(_ extras: [(String, Tensor)], _ path: String) throws(CLIPError) {
        hasOpenAIExtras = extras.count == Self.extras.count
        let sane = 1...1_000_000
        let grid = tensors["visual.positional_embedding"]?.shape.first.flatMap { rows in
            sane.contains(rows) ? Int(Double(rows - 1).squareRoot()) : nil
        }
        let patch = tensors["visual.conv1.weight"]?.shape.last.flatMap { sane.contains($0) ? $0 : nil }
        for (name, tensor) in extras {
            let inferred: Int? =
                switch name {
                case "input_resolution": grid.flatMap { side in patch.map { side * $0 } }
                case "context_length": tensors["positional_embedding"]?.shape.first
                default: tensors["token_embedding.weight"]?.shape.first
                }
            guard tensor.count == 1, let inferred else { continue }
            let value = tensor.item(Int.self)
            guard value == inferred else {
                throw .inconsistentWeights(path: path, detail: "\(name) says \(value), the shapes say \(inferred)")
            }
        }
    }
}
