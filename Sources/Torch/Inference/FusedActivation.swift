internal import CTorch

/// What a linear layer of inference does to its result before it is written.
package enum FusedActivation: Sendable {
    /// Nothing.
    case identity
    /// The exact GELU.
    case gelu
    /// The swish `x * sigmoid(x)`.
    case swish

    var code: ct_activation {
        switch self {
        case .identity: CT_IDENTITY
        case .gelu: CT_GELU
        case .swish: CT_SWISH
        }
    }

    /// Applies the activation by itself.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .identity: x
        case .gelu: x.gelu
        case .swish: x.silu
        }
    }
}
