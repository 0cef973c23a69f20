internal import CTorch

// @unchecked Sendable: the handle is immutable, LibTorch's reference count is atomic, and in-place writes are `package`
// functions that the owner of the parameters calls from the one LibTorch thread.

/// An n-dimensional array of numbers, computed by LibTorch.
///
/// To its users a tensor never changes: operations give new tensors. Only the loader and the optimisers, inside this
/// package, write in place. Operations on shapes or types that do not fit together are programmer mistakes and trap
/// with the operation, the shapes and LibTorch's words; everything that a user can get wrong is checked before.
///
/// Threads: a tensor may be handed over and released on any thread; operations belong on one thread (`TorchThread`),
/// because LibTorch keeps modes and worker pools for each thread that calls it.
public final class Tensor: @unchecked Sendable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer?, _ operation: @autoclosure () -> String) {
        guard let handle else { fatalError("\(operation()): \(lastError)") }
        self.handle = handle
    }

    deinit { ct_free(handle) }

    /// The sizes of the axes.
    public var shape: [Int] {
        let rank = Int(ct_rank(handle))
        return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
            buffer.withMemoryRebound(to: Int64.self) { ct_shape(handle, $0.baseAddress) }
            count = rank
        }
    }

    /// The distances, in elements, between neighbours along each axis.
    public var strides: [Int] {
        let rank = Int(ct_rank(handle))
        return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
            buffer.withMemoryRebound(to: Int64.self) { ct_strides(handle, $0.baseAddress) }
            count = rank
        }
    }

    /// The number of axes.
    public var rank: Int { Int(ct_rank(handle)) }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The type of the elements.
    public var dtype: DType { DType(code: ct_dtype_of(handle)) }

    /// Where the tensor lives.
    public var device: Device {
        var index: Int32 = 0
        return switch ct_device_of(handle, &index) {
        case CT_CUDA: .cuda(Int(index))
        case CT_MPS: .mps
        default: .cpu
        }
    }

    /// Whether elements lie in row-major order without gaps.
    public var isContiguous: Bool { ct_is_contiguous(handle) }
}

extension Tensor: CustomStringConvertible {
    /// Shape, type and device, and the values of small tensors.
    public var description: String {
        let head = "\(dtype)\(shape)" + (device == .cpu ? "" : "@\(device)")
        guard count <= 16 else { return head }
        return dtype.isFloatingPoint ? "\(head) \(array(of: Float.self))" : "\(head) \(array(of: Int64.self))"
    }
}

/// What LibTorch said about the last failed call of this thread.
var lastError: String { String(cString: ct_last_error()) }

/// Traps with a message; `precondition` would be silent in release builds.
func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// Hands a list of sizes or axes to C.
func withList<R>(_ items: [Int], _ body: (UnsafePointer<Int64>?, Int64) -> R) -> R {
    items.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: Int64.self) { body($0.baseAddress, Int64($0.count)) }
    }
}

/// Hands a list of tensors to C; the tensors outlive the call.
func withHandles<R>(_ tensors: [Tensor], _ body: (UnsafePointer<OpaquePointer?>?, Int64) -> R) -> R {
    withExtendedLifetime(tensors) {
        tensors.map { Optional($0.handle) }.withUnsafeBufferPointer { body($0.baseAddress, Int64($0.count)) }
    }
}
