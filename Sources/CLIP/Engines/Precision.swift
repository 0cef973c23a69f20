internal import Torch

/// The arithmetic that pictures are encoded with.
public enum Precision: String, Sendable, Codable, CaseIterable {
    /// 32-bit floating point: the reference's numbers but for the order of sums.
    case fp32
    /// Matrix products of 16-bit floating point, norms and sums in 32 bits; for processors that have such products.
    case bf16
    /// Matrix products of 8-bit integers, those of attention of 16-bit numbers where the processor has such; needs
    /// pictures to be calibrated with.
    case int8
    /// The smallest numbers that this machine multiplies and that agree with the reference: int8, bf16, fp32 in turn.
    ///
    /// Without pictures to compare with it is fp32.
    case auto

    /// Why this machine cannot compute so; nil where it can.
    public var obstacle: String? {
        switch self {
        case .fp32, .auto: nil
        case .bf16:
            !PackedLinear.isAvailable
                ? "LibTorch was built without oneDNN"
                : InferenceHardware.hasBFloat16Units
                    ? nil : "the processor has no products of bfloat16 (AVX512-BF16, AMX)"
        case .int8:
            QuantizedLinear.isAvailable
                ? nil : "LibTorch was built without oneDNN, or the processor has no products of bytes (AVX512-VNNI)"
        }
    }
}
