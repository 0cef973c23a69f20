import Torch

/// A model with nested places, a buffer and a parameter without axes.
struct SampleModel {
    let blocks: [Linear]
    let norm: LayerNorm
    let table: Embedding
    let scale: Tensor
    let mean: Tensor

    init(_ scope: Scope) {
        blocks = [0, 1, 10].map { Linear(scope / "blocks" / $0, 2, 2) }
        norm = LayerNorm(scope / "norm", 2)
        table = Embedding(scope / "table", 4, 2)
        scale = scope.parameter("logit_scale", initial: .constant(2))
        mean = scope.buffer("running_mean", 2, initial: .zeros)
    }

    static let names = [
        "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias", "blocks.10.weight", "blocks.10.bias",
        "norm.weight", "norm.bias", "table.weight", "logit_scale", "running_mean",
    ]

    /// A checkpoint that fits.
    static func checkpoint() throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 21))) { SampleModel($0) }.parameters.tensors
    }
}
