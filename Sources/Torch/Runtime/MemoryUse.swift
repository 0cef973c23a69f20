internal import CTorch

/// How much memory a computation took for tensors on the CPU.
package struct MemoryUse: Sendable, Equatable {
    /// The most bytes at one time beyond what there was before.
    package let peak: Int
    /// The bytes that were taken and are still held.
    package let held: Int
}

/// Counts the memory of the tensors that a computation makes on the calling thread, intermediate ones included.
///
/// LibTorch's CPU allocator reports it, so the count is exact and repeatable, unlike the size of the process. Scratch
/// space of its kernels' libraries does not count.
///
/// - Parameter body: the computation.
/// - Returns: what the body returns, and its use of memory.
/// - Throws: what the body throws.
package func measuringMemory<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> (result: R, memory: MemoryUse) {
    guard let meter = ct_memory_meter_start() else { fatalError("memory meter: \(lastError)") }
    defer { ct_memory_meter_stop(meter) }
    let result = try body()
    return (result, MemoryUse(peak: Int(ct_memory_meter_peak(meter)), held: Int(ct_memory_meter_live(meter))))
}
