internal import CTorch

extension Tensor {
    /// The sum over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func sum(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(owning: withList(reduced(axes)) { ct_sum(handle, $0, $1, keepingAxes) }, "sum \(axes) of \(shape)")
    }

    /// The mean over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func mean(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(owning: withList(reduced(axes)) { ct_mean(handle, $0, $1, keepingAxes) }, "mean \(axes) of \(shape)")
    }

    /// The largest element over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func max(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(owning: withList(reduced(axes)) { ct_amax(handle, $0, $1, keepingAxes) }, "max \(axes) of \(shape)")
    }

    /// The smallest element over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func min(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(owning: withList(reduced(axes)) { ct_amin(handle, $0, $1, keepingAxes) }, "min \(axes) of \(shape)")
    }

    /// The Euclidean norm over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func norm(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(owning: withList(reduced(axes)) { ct_norm(handle, $0, $1, keepingAxes) }, "norm \(axes) of \(shape)")
    }

    /// The logarithm of the sum of exponentials over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; negative ones count from the end; none means all.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func logSumExp(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
        Tensor(
            owning: withList(reduced(axes)) { ct_logsumexp(handle, $0, $1, keepingAxes) },
            "logSumExp \(axes) of \(shape)")
    }

    /// The variance over axes.
    ///
    /// - Parameters:
    ///   - axes: the axes to reduce; none means all.
    ///   - unbiased: whether to divide by n - 1.
    ///   - keepingAxes: whether reduced axes stay, with size 1.
    /// - Returns: the reduced tensor.
    public func variance(_ axes: Int..., unbiased: Bool = true, keepingAxes: Bool = false) -> Tensor {
        Tensor(
            owning: withList(reduced(axes)) { ct_variance(handle, $0, $1, unbiased, keepingAxes) },
            "variance \(axes) of \(shape)")
    }

    /// The position of the first largest element along an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis to search; it disappears.
    ///   - keepingAxis: whether the axis stays, with size 1.
    /// - Returns: int64 positions.
    public func argmax(_ axis: Int, keepingAxis: Bool = false) -> Tensor {
        Tensor(owning: ct_argmax(handle, Int64(axis), keepingAxis), "argmax \(axis) of \(shape)")
    }

    /// The position of the first smallest element along an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis to search; it disappears.
    ///   - keepingAxis: whether the axis stays, with size 1.
    /// - Returns: int64 positions.
    public func argmin(_ axis: Int, keepingAxis: Bool = false) -> Tensor {
        Tensor(owning: ct_argmin(handle, Int64(axis), keepingAxis), "argmin \(axis) of \(shape)")
    }

    /// The running sum along an axis.
    ///
    /// - Parameter axis: the axis to sum along.
    /// - Returns: a tensor of the same shape.
    public func cumulativeSum(_ axis: Int) -> Tensor {
        Tensor(owning: ct_cumsum(handle, Int64(axis)), "cumulativeSum \(axis) of \(shape)")
    }

    /// Whether every element is true (not zero).
    public var allTrue: Bool { Tensor(owning: ct_all(handle), "all \(shape)").item(Bool.self) }

    /// Whether some element is true (not zero).
    public var anyTrue: Bool { Tensor(owning: ct_any(handle), "any \(shape)").item(Bool.self) }

    /// The largest elements along an axis, in descending order.
    ///
    /// - Parameters:
    ///   - k: how many.
    ///   - axis: the axis to search.
    /// - Returns: the values and their int64 positions, with size `k` along the axis.
    public func topK(_ k: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
        var (values, indices): (OpaquePointer?, OpaquePointer?)
        let done = ct_topk(handle, Int64(k), Int64(axis), &values, &indices)
        check(done, "topK \(k) of \(shape): \(lastError)")
        return (Tensor(owning: values, "topK"), Tensor(owning: indices, "topK"))
    }

    /// The positions that would sort the elements along an axis, equal elements in their order.
    ///
    /// - Parameters:
    ///   - axis: the axis to sort along.
    ///   - descending: whether large elements come first.
    /// - Returns: int64 positions of the same shape.
    public func argsort(_ axis: Int = -1, descending: Bool = false) -> Tensor {
        Tensor(owning: ct_argsort(handle, Int64(axis), descending), "argsort \(shape)")
    }

    /// Divides by the Euclidean norm along an axis, as `torch.nn.functional.normalize`.
    ///
    /// - Parameters:
    ///   - axis: the axis that gets norm 1.
    ///   - eps: the smallest norm divided by.
    /// - Returns: a tensor of the same shape.
    public func normalized(_ axis: Int = -1, eps: Double = 1e-12) -> Tensor {
        self / norm(axis, keepingAxes: true).clamped(to: eps...Double.infinity)
    }

    private func reduced(_ axes: [Int]) -> [Int] { axes.isEmpty ? Array(0..<rank) : axes }
}
