/// Tensors that travel as one message: a message costs as much as many numbers.
enum TensorBuckets {
    /// What the tensors of one message have in common.
    struct Kind: Hashable {
        let dtype: DType
        let device: Device

        init(_ dtype: DType, _ device: Device) {
            self.dtype = dtype
            self.device = device
        }
    }

    /// The bytes of a message, about: as PyTorch's DistributedDataParallel has it.
    static let capacity = 25 << 20

    /// Puts tensors of one kind together, in their order.
    ///
    /// - Parameters:
    ///   - kinds: each tensor's kind.
    ///   - bytes: each tensor's size.
    ///   - capacity: the largest message; a larger tensor is a message of its own.
    /// - Returns: the tensors of each message by number.
    static func buckets(kinds: [Kind], bytes: [Int], capacity: Int = capacity) -> [[Int]] {
        var buckets: [[Int]] = []
        var open: [Kind: (bucket: Int, bytes: Int)] = [:]
        for (i, kind) in kinds.enumerated() {
            if let last = open[kind], last.bytes + bytes[i] <= capacity {
                buckets[last.bucket].append(i)
                open[kind] = (last.bucket, last.bytes + bytes[i])
            } else {
                open[kind] = (buckets.count, bytes[i])
                buckets.append([i])
            }
        }
        return buckets
    }

    /// The elements of all tensors one after another.
    static func joined(_ tensors: [Tensor], as kind: Kind) -> Tensor {
        .concatenated(tensors.map { $0.to(dtype: kind.dtype, device: kind.device).reshaped(-1) })
    }

    /// Writes the parts of a message over the tensors that it was joined of.
    static func split(_ message: Tensor, over tensors: [Tensor]) {
        var start = 0
        for tensor in tensors {
            tensor.copy(from: message.slice(0, start..<(start + tensor.count)).reshaped(tensor.shape))
            start += tensor.count
        }
    }
}
