internal import CTorch

/// Where a tensor lives and is computed on.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// An NVIDIA GPU, by index.
    case cuda(Int)
    /// Apple's GPU.
    case mps

    /// Whether the installed LibTorch can use this device on this machine.
    public var isAvailable: Bool {
        switch self {
        case .cpu: true
        case .cuda(let index): ct_device_available(CT_CUDA) && index >= 0 && index < Int(ct_device_count(CT_CUDA))
        case .mps: ct_device_available(CT_MPS)
        }
    }

    /// `cpu`, `cuda:0`, `mps`: as PyTorch spells it.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        }
    }

    /// Reads PyTorch's spelling of a device.
    ///
    /// - Parameter text: `cpu`, `cuda`, `cuda:1` or `mps`; anything else gives nil.
    public init?(_ text: String) {
        switch text {
        case "cpu": self = .cpu
        case "cuda": self = .cuda(0)
        case "mps": self = .mps
        default:
            guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else { return nil }
            self = .cuda(index)
        }
    }

    /// Waits until everything queued on the device is done.
    public func synchronize() {
        let done = ct_synchronize(kind, index)
        check(done, "synchronize \(self): \(lastError)")
    }

    var kind: ct_device {
        switch self {
        case .cpu: CT_CPU
        case .cuda: CT_CUDA
        case .mps: CT_MPS
        }
    }

    var index: Int32 {
        if case .cuda(let index) = self { Int32(index) } else { 0 }
    }
}
