public import Datasets
public import Torch

extension ClipBatch {
    /// The model's input; belongs on the LibTorch thread.
    ///
    /// Bytes are normalised and erased on the way into the tensor's own memory, by several threads.
    ///
    /// - Parameter normalization: the model's.
    /// - Returns: float32 `[B · views, T, 3, H, W]`, in the order of ``clips``; B may be 0.
    public func tensor(_ normalization: PixelNormalization) -> Tensor {
        let memory = FloatMemory(count: clips.reduce(0) { $0 + $1.count }) { write(normalization, to: $0) }
        let shape = [clips.count, frames, 3, imageSize, imageSize]
        let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
        return Tensor(
            viewing: memory, address: memory.address, byteCount: memory.count * MemoryLayout<Float>.stride,
            shape: shape, strides: strides, dtype: .float32)
    }
}

// @unchecked Sendable: the memory is filled before `init` returns, and afterwards only the tensor over it touches it.

/// Memory for one tensor.
private final class FloatMemory: @unchecked Sendable {
    let count: Int
    let address: UnsafeMutablePointer<Float>

    init(count: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
        self.count = count
        address = .allocate(capacity: count)
        fill(UnsafeMutableBufferPointer(start: address, count: count))
    }

    deinit { address.deallocate() }
}
