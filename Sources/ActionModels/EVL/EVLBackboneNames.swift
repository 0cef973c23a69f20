internal import Torch

/// The released names of EVL's image tower and CLIP's, both ways.
///
/// The released tower keeps queries, keys and values apart, the patch kernel flattened, and a bias of the patch
/// embedding. Source: EVL `vision_transformer.py`, `weight_loaders.py`.
enum EVLBackboneNames {
    private static let fixed = [
        "cls_token": "class_embedding", "pos_embed": "positional_embedding", "patch_embed.proj.weight": "conv1.weight",
        "patch_embed.proj.bias": "conv1.bias", "ln_pre.weight": "ln_pre.weight", "ln_pre.bias": "ln_pre.bias",
    ]
    private static let layers = [
        "norm1": "ln_1", "norm2": "ln_2", "attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc",
        "mlp.fc2": "mlp.c_proj",
    ]
    private static let projections = ["q_proj", "k_proj", "v_proj"]

    /// Released tensors under CLIP's names; other names stay as they are.
    ///
    /// - Parameters:
    ///   - tensors: by released name without `backbone.`.
    ///   - path: for errors.
    /// - Returns: by CLIP's name.
    /// - Throws: `ActionModelError.inconsistentWeights` for projections that do not belong together, kernels that
    ///   are not square and tensors that are there by both names.
    static func canonical(_ tensors: [String: Tensor], path: String) throws(ActionModelError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in tensors.keys.sorted() {
            guard let tensor = tensors[name] else { continue }
            let part = projection(name)
            let own = part.map { joined($0.block, $0.kind) } ?? fixed[name] ?? canonicalLayer(name) ?? name
            guard own == name || tensors[own] == nil else {
                throw .inconsistentWeights(
                    path: path, detail: "backbone.\(name) and backbone.\(own) are the same; only one may be there")
            }
            if let part {
                if result[own] == nil { result[own] = try joinedTensor(part.block, part.kind, tensors, path: path) }
            } else {
                result[own] = name == "patch_embed.proj.weight" ? try kernel(tensor, path: path) : tensor
            }
        }
        return result
    }

    /// CLIP's tensors under released names.
    static func released(_ tensors: [String: Tensor]) -> [String: Tensor] {
        let names = Dictionary(uniqueKeysWithValues: fixed.map { ($1, $0) })
        var result: [String: Tensor] = [:]
        for (name, tensor) in tensors {
            if let (block, kind) = inputProjection(name) {
                let rows = tensor.shape[0] / 3
                for (number, part) in projections.enumerated() {
                    result["blocks.\(block).attn.\(part).\(kind)"] =
                        tensor.slice(0, number * rows..<(number + 1) * rows).contiguous()
                }
            } else {
                let isKernel = name == "conv1.weight"
                result[names[name] ?? releasedLayer(name) ?? name] =
                    isKernel ? tensor.reshaped(tensor.shape[0], -1) : tensor
            }
        }
        return result
    }

    // MARK: - Names

    /// `blocks.N.attn.q_proj.weight` and its like: the block, and `weight` or `bias`.
    private static func projection(_ name: String) -> (block: String, kind: String)? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 5, parts[0] == "blocks", parts[2] == "attn", projections.contains(parts[3]) else {
            return nil
        }
        return (parts[1], parts[4])
    }

    private static func joined(_ block: String, _ kind: String) -> String {
        "transformer.resblocks.\(block).attn.in_proj_\(kind)"
    }

    private static func inputProjection(_ name: String) -> (block: String, kind: String)? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 5, name.hasPrefix("transformer.resblocks."), parts[3] == "attn",
            parts[4].hasPrefix("in_proj_")
        else { return nil }
        return (parts[2], String(parts[4].dropFirst("in_proj_".count)))
    }

    private static func canonicalLayer(_ name: String) -> String? {
        renamed(name, from: "blocks.", to: "transformer.resblocks.", layers)
    }

    private static func releasedLayer(_ name: String) -> String? {
        renamed(
            name, from: "transformer.resblocks.", to: "blocks.",
            Dictionary(uniqueKeysWithValues: layers.map { ($1, $0) }))
    }

    /// Renames `<from>N.<layer>.<kind>`.
    private static func renamed(_ name: String, from: String, to: String, _ layers: [String: String]) -> String? {
        guard name.hasPrefix(from) else { return nil }
        let parts = name.dropFirst(from.count).split(separator: ".").map(String.init)
        guard parts.count > 2, let layer = layers[parts[1..<parts.count - 1].joined(separator: ".")] else { return nil }
        return "\(to)\(parts[0]).\(layer).\(parts[parts.count - 1])"
    }

    // MARK: - Tensors

    private static func joinedTensor(
        _ block: String, _ kind: String, _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> Tensor {
        let names = projections.map { "blocks.\(block).attn.\($0).\(kind)" }
        let parts = names.compactMap { tensors[$0] }
        let missing = names.filter { tensors[$0] == nil }
        guard missing.isEmpty else {
            throw .inconsistentWeights(
                path: path, detail: "backbone.\(missing[0]) is missing beside the block's other projections")
        }
        guard let first = parts.first, first.rank > 0,
            parts.allSatisfy({ $0.shape == first.shape && $0.dtype == first.dtype })
        else {
            throw .inconsistentWeights(
                path: path, detail: "backbone.blocks.\(block).attn: projections of the shapes \(parts.map(\.shape))")
        }
        return .concatenated(parts)
    }

    /// The flattened patch kernel `[C, 3 p p]` as `[C, 3, p, p]`.
    private static func kernel(_ tensor: Tensor, path: String) throws(ActionModelError) -> Tensor {
        let columns = tensor.rank == 2 ? tensor.shape[1] : 0
        let side = Int((Double(columns) / 3).squareRoot().rounded())
        guard side > 0, 3 * side * side == columns, tensor.shape[0] > 0 else {
            throw .inconsistentWeights(
                path: path,
                detail: "backbone.patch_embed.proj.weight has the shape \(tensor.shape); a square patch needs 3 p²")
        }
        return tensor.reshaped(-1, 3, side, side)
    }
}
