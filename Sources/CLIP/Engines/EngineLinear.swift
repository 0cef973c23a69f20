internal import Torch

/// A linear layer of an engine: what it takes, and how it multiplies.
struct EngineLinear: Sendable {
    private enum Form: Sendable {
        case floating(PackedLinear)
        case bytes(QuantizedLinear)
    }

    private let form: Form
    /// What the layer takes.
    let input: RowOutput

    /// Prepares a layer.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`.
    ///   - arithmetic: how it multiplies.
    ///   - rows: how many rows are usually multiplied at once.
    init(_ weight: Tensor, _ bias: Tensor?, _ arithmetic: LayerArithmetic, rows: Int) {
        let (weight, bias) = (weight.detached().to(dtype: .float32), bias?.detached().to(dtype: .float32))
        switch arithmetic {
        case .bytes(let grid) where weight.count > 0:
            form = .bytes(QuantizedLinear(weight, bias, grid: grid, rows: rows))
            input = .bytes(grid)
        case .bfloat16:
            form = .floating(PackedLinear(weight.to(dtype: .bfloat16), bias?.to(dtype: .bfloat16), rows: rows))
            input = .bfloat16
        case .float32, .bytes:
            form = .floating(PackedLinear(weight, bias, rows: rows))
            input = .float32
        }
    }

    /// Applies the layer.
    ///
    /// - Parameters:
    ///   - x: `[..., in]`, of the type of `input`.
    ///   - activation: applied to the result.
    ///   - output: what is wanted; layers that multiply floating-point numbers give those.
    /// - Returns: `[..., out]`.
    func callAsFunction(
        _ x: Tensor, _ activation: FusedActivation = .identity, as output: RowOutput = .float32
    ) -> Tensor {
        switch form {
        case .floating(let layer): layer(x, activation)
        case .bytes(let layer): layer(x, activation, as: output)
        }
    }

    /// Adds the layer's result to the stream.
    ///
    /// - Parameters:
    ///   - x: `[..., in]`, of the type of `input`.
    ///   - stream: float32 `[..., out]`, which may be written over.
    /// - Returns: float32 `[..., out]`.
    func callAsFunction(_ x: Tensor, addedTo stream: Tensor) -> Tensor {
        switch form {
        case .floating(let layer): return input == .float32 ? layer(x, addedTo: stream) : stream + layer(x)
        case .bytes(let layer):
            layer(x, addingInto: stream)
            return stream
        }
    }
}

/// How one layer multiplies.
enum LayerArithmetic: Sendable {
    case float32
    case bfloat16
    /// Bytes of this grid.
    case bytes(QuantizationGrid)
}
