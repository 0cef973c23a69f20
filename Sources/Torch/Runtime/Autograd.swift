internal import CTorch

/// Computes without recording for gradients; restores the thread's mode afterwards.
///
/// The mode belongs to the calling thread, so the body is synchronous by type.
///
/// - Parameter body: the computation.
/// - Returns: what the body returns.
/// - Throws: what the body throws.
public func withoutGradient<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    try withGradientMode(false, body)
}

/// Computes with recording for gradients, also inside of `withoutGradient`.
///
/// - Parameter body: the computation.
/// - Returns: what the body returns.
/// - Throws: what the body throws.
public func withGradient<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    try withGradientMode(true, body)
}

private func withGradientMode<R, E: Error>(_ enabled: Bool, _ body: () throws(E) -> R) throws(E) -> R {
    let before = ct_gradient_enabled()
    ct_set_gradient_enabled(enabled)
    defer { ct_set_gradient_enabled(before) }
    return try body()
}

/// Computes matrix products and convolutions in a smaller floating-point type, as `torch.autocast`.
///
/// - Parameters:
///   - dtype: `bfloat16`, or `float16` on GPUs.
///   - device: whose operations are cast.
///   - body: the computation.
/// - Returns: what the body returns.
/// - Throws: what the body throws.
public func withAutocast<R, E: Error>(
    _ dtype: DType, on device: Device = .cpu, _ body: () throws(E) -> R
) throws(E) -> R {
    let (wasEnabled, typeBefore) = (ct_autocast_enabled(device.kind), DType(code: ct_autocast_dtype(device.kind)))
    let done = ct_set_autocast(device.kind, true, dtype.code)
    check(done, "autocast \(dtype) on \(device): \(lastError)")
    defer { _ = ct_set_autocast(device.kind, wasEnabled, typeBefore.code) }
    return try body()
}

extension Tensor {
    /// Whether operations on this tensor are recorded for gradients.
    public var requiresGradient: Bool { ct_requires_gradient(handle) }

    /// Switches recording on or off for a leaf; parameters are switched by `Parameters.train` only.
    ///
    /// - Parameter value: whether gradients are wanted.
    package func setRequiresGradient(_ value: Bool) {
        let done = ct_set_requires_gradient(handle, value)
        check(done, "requiresGradient \(shape): \(lastError)")
    }

    /// Adds the gradients of this tensor to the `gradient` of every leaf that it depends on.
    ///
    /// - Parameter gradient: of this tensor's shape; may be left out for a single number.
    public func backward(_ gradient: Tensor? = nil) {
        let done = ct_backward(handle, gradient?.handle)
        check(done, "backward \(shape): \(lastError)")
    }

    /// The accumulated gradient of a leaf, or nil when nothing was accumulated.
    public var gradient: Tensor? {
        ct_gradient(handle).map { Tensor(owning: $0, "gradient") }
    }

    /// Replaces the accumulated gradient.
    ///
    /// - Parameter gradient: of this leaf's shape, type and device.
    package func setGradient(_ gradient: Tensor) {
        let done = ct_set_gradient(handle, gradient.handle)
        check(done, "setGradient \(gradient.shape) of \(shape): \(lastError)")
    }

    /// Forgets the accumulated gradient.
    package func clearGradient() {
        let done = ct_clear_gradient(handle)
        check(done, "clearGradient \(shape): \(lastError)")
    }

    /// The gradients of this tensor's sum by other tensors, leaving stored gradients alone.
    ///
    /// - Parameter inputs: tensors that this one may depend on; each requires gradients.
    /// - Returns: one gradient an input; nil where there is no dependence.
    public func gradients(by inputs: [Tensor]) -> [Tensor?] {
        var results = [OpaquePointer?](repeating: nil, count: inputs.count)
        let total = sum()
        let done = withHandles([total]) { output, outputs in
            withHandles(inputs) { input, count in ct_gradients(output, outputs, input, count, &results) }
        }
        check(done, "gradients \(shape) by \(inputs.map(\.shape)): \(lastError)")
        return results.map { $0.map { Tensor(owning: $0, "gradient") } }
    }
}
