internal import Torch

/// What preparing a block needs besides the block.
struct BlockPreparation {
    let precision: Precision
    /// How many rows are usually multiplied at once.
    let rows: Int
    let isLast: Bool
    /// What the block's layers took of pictures; for 8-bit layers.
    let sample: BlockSample?

    /// How many pictures are usually encoded at once, which are the rows of layers for first tokens.
    static let pictures = 8
}

extension EngineBlock {
    init(_ block: ResidualAttentionBlock, _ preparation: BlockPreparation) {
        isLast = preparation.isLast
        if let (norm, mix) = block.attention {
            attention =
                isLast
                ? .ofFirst(FirstTokenAttention(norm, mix, preparation))
                : .ofAll(EngineAttention(norm, mix, preparation))
        } else {
            attention = .none
        }
        mlp = EngineMLP(block.mlpNorm, block.mlp, preparation)
    }
}

extension EngineAttention {
    init(_ norm: LayerNorm, _ mix: MultiheadAttention, _ preparation: BlockPreparation) {
        let rows = preparation.rows, sample = preparation.sample
        let input = NormedLayer(norm, mix.inputWeight, mix.inputBias, preparation.precision, sample?.attentionInput)
        heads = mix.heads
        mixes = preparation.precision != .fp32 && InferenceHardware.hasRowAttention(.bfloat16) ? .bfloat16 : .float32
        self.norm = input.norm
        projection = EngineLinear(input.weight, input.bias, input.arithmetic, rows: rows)
        output = EngineLinear(
            mix.output.weight, mix.output.bias, preparation.precision.arithmetic(of: sample?.attentionOutput),
            rows: rows)
    }
}

extension EngineMLP {
    /// The factor of QuickGELU's sigmoid.
    private static let quick = 1.702

    init(_ norm: LayerNorm, _ mlp: MLP, _ preparation: BlockPreparation) {
        let sample = preparation.sample, rows = preparation.isLast ? BlockPreparation.pictures : preparation.rows
        let input = NormedLayer(norm, mlp.up.weight, mlp.up.bias, preparation.precision, sample?.mlpInput)
        self.norm = input.norm
        let inner = preparation.precision.arithmetic(
            of: sample.map { mlp.activation == .gelu ? $0.mlpInner : $0.mlpInner * Self.quick })
        switch mlp.activation {
        case .gelu:
            activation = .gelu
            up = EngineLinear(input.weight, input.bias, input.arithmetic, rows: rows)
            down = EngineLinear(mlp.down.weight, mlp.down.bias, inner, rows: rows)
        case .quickGELU:
            activation = .swish
            up = EngineLinear(input.weight * Self.quick, input.bias * Self.quick, input.arithmetic, rows: rows)
            down = EngineLinear(mlp.down.weight / Self.quick, mlp.down.bias, inner, rows: rows)
        }
    }
}

/// A norm and the linear layer behind it, with as much of the norm in the layer as its arithmetic likes.
///
///     W (g n + c) + b = (W diag(g / s)) … : floating point takes s = 1 / g into the layer whole;
///     bytes keep g / s in the norm, so that channels with large values do not take all of the grid.
///
/// Source of s: Xiao et al., "SmoothQuant" (ICML 2023), equation 4 with α = 0.5.
struct NormedLayer {
    let norm: EngineNorm
    let weight: Tensor
    let bias: Tensor
    let arithmetic: LayerArithmetic

    /// Moves what belongs into the layer.
    ///
    /// - Parameters:
    ///   - norm: the norm.
    ///   - weight: the layer's `[out, D]`.
    ///   - bias: the layer's `[out]`.
    ///   - precision: how the layer multiplies.
    ///   - sample: values behind the norm `[..., D]`, for bytes.
    init(_ norm: LayerNorm, _ weight: Tensor, _ bias: Tensor?, _ precision: Precision, _ sample: Tensor?) {
        let bias = bias ?? .zeros([weight.shape[0]])
        guard precision == .int8, let sample, weight.count > 0 else {
            self.norm = EngineNorm(eps: norm.eps)
            self.weight = weight * norm.weight
            self.bias = bias + weight.matmul(norm.bias.unsqueezed(1)).squeezed(1)
            arithmetic = precision.arithmetic(of: sample)
            return
        }
        let tiny = Tensor(Float(1e-5))
        let reach = sample.reshaped(-1, weight.shape[1]).abs.max(0).maximum(tiny)  // [D]
        let smoothing = (reach / weight.abs.max(0).maximum(tiny)).sqrt.maximum(tiny)  // [D]
        self.norm = EngineNorm(
            weight: (norm.weight / smoothing).detached().contiguous(),
            bias: (norm.bias / smoothing).detached().contiguous(),
            eps: norm.eps)
        self.weight = weight * smoothing
        self.bias = bias
        arithmetic = precision.arithmetic(of: sample / smoothing)
    }
}

extension Precision {
    /// How a layer multiplies that takes such values.
    func arithmetic(of sample: Tensor?) -> LayerArithmetic {
        switch (self, sample) {
        case (.bf16, _): .bfloat16
        case (.int8, .some(let sample)) where sample.count > 0: .bytes(QuantizationGrid(fitting: sample))
        case (.fp32, _), (.auto, _), (.int8, _): .float32
        }
    }
}
