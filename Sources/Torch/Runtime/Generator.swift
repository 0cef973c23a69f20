internal import CTorch

/// A seeded source of random tensors.
///
/// The same seed gives the same numbers on the same device and LibTorch version. A generator is used from one thread
/// at a time; it is not `Sendable`.
public final class Generator {
    let handle: OpaquePointer
    /// Where its tensors are made.
    public let device: Device

    /// Makes a generator.
    ///
    /// - Parameters:
    ///   - seed: where its sequence begins.
    ///   - device: where its tensors are made.
    public init(seed: UInt64, device: Device = .cpu) {
        guard let handle = ct_generator_new(seed, device.kind, device.index) else {
            fatalError("generator on \(device): \(lastError)")
        }
        self.handle = handle
        self.device = device
    }

    deinit { ct_generator_free(handle) }

    /// The state as bytes, for checkpoints.
    public var state: Tensor {
        get { Tensor(owning: ct_generator_state(handle), "generator state") }
        set { check(ct_generator_set_state(handle, newValue.handle), "generator state: \(lastError)") }
    }

    /// Numbers uniform in 0..<1.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the axes.
    ///   - dtype: a floating-point type.
    /// - Returns: a new tensor.
    public func uniform(_ shape: [Int], dtype: DType = .float32) -> Tensor {
        Tensor(
            owning: withList(shape) { ct_rand($0, $1, dtype.code, device.kind, device.index, handle) },
            "uniform \(shape)")
    }

    /// Numbers of the standard normal distribution.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the axes.
    ///   - dtype: a floating-point type.
    /// - Returns: a new tensor.
    public func normal(_ shape: [Int], dtype: DType = .float32) -> Tensor {
        Tensor(
            owning: withList(shape) { ct_randn($0, $1, dtype.code, device.kind, device.index, handle) },
            "normal \(shape)")
    }

    /// Integers uniform in a range.
    ///
    /// - Parameters:
    ///   - range: the values, upper bound excluded.
    ///   - shape: the sizes of the axes.
    /// - Returns: int64.
    public func integers(in range: Range<Int>, _ shape: [Int]) -> Tensor {
        let (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
        return Tensor(
            owning: withList(shape) { ct_randint(low, high, $0, $1, device.kind, device.index, handle) },
            "integers \(shape)")
    }

    /// A random order.
    ///
    /// - Parameter count: the number of items.
    /// - Returns: int64 `[count]`, each of 0..<count once.
    public func permutation(_ count: Int) -> Tensor {
        Tensor(owning: ct_randperm(Int64(count), device.kind, device.index, handle), "permutation \(count)")
    }

    /// Coin throws.
    ///
    /// - Parameter probabilities: the probability of a one, for each element.
    /// - Returns: zeros and ones of the same shape and type.
    public func bernoulli(_ probabilities: Tensor) -> Tensor {
        Tensor(owning: ct_bernoulli(probabilities.handle, handle), "bernoulli \(probabilities.shape)")
    }

    /// Draws of classes.
    ///
    /// - Parameters:
    ///   - probabilities: `[B, K]` or `[K]`, not negative; need not sum to one.
    ///   - count: the number of draws a row.
    ///   - replacement: whether a class can be drawn again.
    /// - Returns: int64 `[B, count]` or `[count]`.
    public func multinomial(_ probabilities: Tensor, count: Int, replacement: Bool = false) -> Tensor {
        Tensor(
            owning: ct_multinomial(probabilities.handle, Int64(count), replacement, handle),
            "multinomial \(probabilities.shape)")
    }

    /// Seeds LibTorch's own generators, which dropout draws from.
    ///
    /// - Parameter seed: where their sequences begin.
    public static func seedDefaults(_ seed: UInt64) {
        check(ct_manual_seed(seed), "seed: \(lastError)")
    }

    /// The state of LibTorch's own generator of a device, which dropout draws from, for checkpoints.
    ///
    /// - Parameter device: whose generator.
    /// - Returns: bytes.
    public static func defaultState(on device: Device = .cpu) -> Tensor {
        Tensor(owning: ct_default_generator_state(device.kind, device.index), "generator state of \(device)")
    }

    /// Takes up a saved state of LibTorch's own generator of a device.
    ///
    /// - Parameters:
    ///   - saved: what `defaultState` gave.
    ///   - device: whose generator.
    /// - Throws: `ParameterError` where the bytes are no state; the generator is then as before.
    public static func restoreDefaultState(_ saved: Tensor, on device: Device = .cpu) throws(ParameterError) {
        let (now, own) = (defaultState(on: device), saved.to(device: .cpu).contiguous())
        guard own.dtype == now.dtype, own.shape == now.shape,
            withExtendedLifetime(own, { ct_set_default_generator_state(device.kind, device.index, own.handle) })
        else {
            var problems = ParameterError()
            problems.mismatched = [
                .init(
                    name: "generator of \(device)", expected: "a state of \(now.dtype)\(now.shape)",
                    found: "\(saved.dtype)\(saved.shape) that is none")
            ]
            throw problems
        }
    }
}
