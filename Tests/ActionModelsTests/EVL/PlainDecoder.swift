import ActionModels
import CLIP
import Testing
import Torch

/// EVL's decoder and class head written as the equations stand, without any rewrite: the definition for tests.
struct PlainDecoder {
    let parameters: Parameters
    let configuration: EVLConfiguration

    func callAsFunction(_ features: EVLFeatures) throws -> Tensor {
        var x = try self["decoder.cls_token"].expanded(features.layers[0].stream.shape[0], 1, -1)  // [B, 1, C]
        for (number, layer) in features.layers.enumerated() {
            let place = "decoder.decoder_layers.\(number)."
            let tokens = try norm(place + "norm3", tokens(number, layer))
            x = x + (try attention(place + "attn.", norm(place + "norm1", x), tokens))
            let inner = try linear(place + "mlp.fc1", norm(place + "norm2", x))
            x = x + (try linear(place + "mlp.fc2", inner * (inner * 1.702).sigmoid))
        }
        return try linear("proj.2", norm("proj.0", x.select(1, 0)))
    }

    /// X + conv(X) + pos + cross, each frame from its definition, `[B, T L, C]`.
    private func tokens(_ number: Int, _ layer: EVLFeatures.Layer) throws -> Tensor {
        let t = layer.stream.shape[1]
        let frames = try (0..<t).map { frame in
            var sum = layer.stream.select(1, frame)  // [B, L, C]
            if configuration.hasTemporalConvolution {
                let weight = try self["decoder.temporal_conv.\(number).weight"].squeezed(1)  // [C, 3]
                for tap in 0..<3 where (0..<t).contains(frame + tap - 1) {
                    sum = sum + layer.stream.select(1, frame + tap - 1) * weight.select(1, tap)
                }
                sum = sum + (try self["decoder.temporal_conv.\(number).bias"])
            }
            if configuration.hasTemporalPositions {
                sum = sum + (try self["decoder.temporal_pos_embed.\(number)"].select(0, frame))
            }
            if configuration.hasTemporalCrossAttention {
                for (neighbour, table) in [(frame - 1, "w1"), (frame + 1, "w2")] where (0..<t).contains(neighbour) {
                    sum = sum + (try crossed(layer, frame, neighbour, "decoder.cross_attention.\(number).\(table)"))
                }
            }
            return sum
        }
        return .concatenated(frames, axis: 1)
    }

    /// F(t, s, w) with the table of all pairs of patches.
    private func crossed(_ layer: EVLFeatures.Layer, _ t: Int, _ s: Int, _ table: String) throws -> Tensor {
        guard case .projections(let queries, let keys) = layer.attention else {
            Issue.record("the definition needs queries and keys")
            return layer.stream
        }
        let l = queries.shape[2], scale = 1 / Double(queries.shape[4]).squareRoot()
        let q = queries.select(1, t).slice(1, 1..<l).transposed(1, 2)  // [B, h, P, d]
        let k = keys.select(1, s).slice(1, 1..<l).transposed(1, 2)
        let map = (q.matmul(k.transposed()) * scale).softmax(-1).mean(1)  // [B, P, P]
        let pairs = try self[table].rows(displacements)  // [P, P, C]
        let patches = (map.unsqueezed(3) * pairs).sum(2)  // [B, P, C]
        return .concatenated([.zeros([patches.shape[0], 1, patches.shape[2]]), patches], axis: 1)
    }

    private var displacements: Tensor {
        let (rows, columns) = (configuration.vision.gridRows, configuration.vision.gridColumns)
        let patches = rows * columns
        let indices = (0..<patches * patches).map { pair in
            let (query, key) = (pair / patches, pair % patches)
            let down = query / columns - key / columns, right = query % columns - key % columns
            return (down + rows - 1) * (2 * columns - 1) + right + columns - 1
        }
        return Tensor(indices, shape: [patches, patches])
    }

    private func attention(_ place: String, _ x: Tensor, _ tokens: Tensor) throws -> Tensor {
        func heads(_ name: String, _ x: Tensor) throws -> Tensor {
            try linear(place + name, x).reshaped(x.shape[0], x.shape[1], configuration.decoderHeads, -1)
                .transposed(1, 2)  // [B, h, N, d]
        }
        let (q, k, v) = (try heads("q_proj", x), try heads("k_proj", tokens), try heads("v_proj", tokens))
        let weights = (q.matmul(k.transposed()) / Double(q.shape[3]).squareRoot()).softmax(-1)
        return try linear(place + "out_proj", weights.matmul(v).transposed(1, 2).reshaped(x.shape[0], x.shape[1], -1))
    }

    private func norm(_ place: String, _ x: Tensor) throws -> Tensor {
        x.layerNorm(try self[place + ".weight"], try self[place + ".bias"], eps: configuration.layerNormEps)
    }

    private func linear(_ place: String, _ x: Tensor) throws -> Tensor {
        x.linear(try self[place + ".weight"], try self[place + ".bias"])
    }

    private subscript(_ name: String) -> Tensor {
        get throws { try #require(parameters[name], "\(name)") }
    }
}
