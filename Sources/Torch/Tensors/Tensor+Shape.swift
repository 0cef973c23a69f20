internal import CTorch

extension Tensor {
    /// The same elements under another shape.
    ///
    /// - Parameter shape: the new sizes; one of them may be -1, meaning what is left.
    /// - Returns: a view where possible, else a copy.
    public func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }

    /// The same elements under another shape.
    ///
    /// - Parameter shape: the new sizes; one of them may be -1, meaning what is left.
    /// - Returns: a view where possible, else a copy.
    public func reshaped(_ shape: [Int]) -> Tensor {
        Tensor(owning: withList(shape) { ct_reshape(handle, $0, $1) }, "reshape \(self.shape) to \(shape)")
    }

    /// The axes in another order.
    ///
    /// - Parameter axes: for each new axis the old one.
    /// - Returns: a view.
    public func permuted(_ axes: Int...) -> Tensor {
        Tensor(owning: withList(axes) { ct_permute(handle, $0, $1) }, "permute \(shape) by \(axes)")
    }

    /// Two axes exchanged.
    ///
    /// - Parameters:
    ///   - a: the first axis.
    ///   - b: the second axis.
    /// - Returns: a view.
    public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
        Tensor(owning: ct_transpose(handle, Int64(a), Int64(b)), "transpose \(shape)")
    }

    /// A new axis of size 1.
    ///
    /// - Parameter axis: its position.
    /// - Returns: a view.
    public func unsqueezed(_ axis: Int) -> Tensor {
        Tensor(owning: ct_unsqueeze(handle, Int64(axis)), "unsqueeze \(shape) at \(axis)")
    }

    /// Without an axis of size 1.
    ///
    /// - Parameter axis: its position; an axis of another size stays.
    /// - Returns: a view.
    public func squeezed(_ axis: Int) -> Tensor {
        Tensor(owning: ct_squeeze(handle, Int64(axis)), "squeeze \(shape) at \(axis)")
    }

    /// Axes of size 1 repeated without a copy.
    ///
    /// - Parameter shape: the sizes wanted; -1 keeps one.
    /// - Returns: a view.
    public func expanded(_ shape: Int...) -> Tensor { expanded(shape) }

    /// Axes of size 1 repeated without a copy, the sizes as a list.
    ///
    /// - Parameter shape: the sizes wanted; -1 keeps one.
    /// - Returns: a view.
    public func expanded(_ shape: [Int]) -> Tensor {
        Tensor(owning: withList(shape) { ct_expand(handle, $0, $1) }, "expand \(self.shape) to \(shape)")
    }

    /// One position of an axis; the axis disappears.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - index: the position; negative ones count from the end.
    /// - Returns: a view.
    public func select(_ axis: Int, _ index: Int) -> Tensor {
        Tensor(owning: ct_select(handle, Int64(axis), Int64(index)), "select \(index) of axis \(axis) of \(shape)")
    }

    /// A range of positions of an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - range: the positions, inside of the axis.
    ///   - step: the distance between positions.
    /// - Returns: a view.
    public func slice(_ axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
        let size = shape[axis < 0 ? axis + rank : axis]
        check(range.lowerBound >= 0 && range.upperBound <= size, "slice \(range) of axis \(axis) of \(shape)")
        let (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
        return Tensor(owning: ct_slice(handle, Int64(axis), low, high, Int64(step)), "slice \(range) of \(shape)")
    }

    /// Equal parts along an axis.
    ///
    /// - Parameters:
    ///   - count: the number of parts, a divisor of the axis's size.
    ///   - axis: the axis.
    /// - Returns: views.
    public func split(into count: Int, _ axis: Int) -> [Tensor] {
        var results = [OpaquePointer?](repeating: nil, count: count)
        let done = ct_chunk(handle, Int64(count), Int64(axis), &results)
        check(done, "split \(shape) into \(count) along \(axis): \(lastError)")
        return results.map { Tensor(owning: $0, "split") }
    }

    /// Tensors joined along an axis.
    ///
    /// - Parameters:
    ///   - tensors: at least one; equal shapes but for the axis.
    ///   - axis: the axis.
    /// - Returns: a new tensor.
    public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        Tensor(owning: withHandles(tensors) { ct_cat($0, $1, Int64(axis)) }, "concatenate \(tensors.map(\.shape))")
    }

    /// Tensors joined along a new axis.
    ///
    /// - Parameters:
    ///   - tensors: at least one; equal shapes.
    ///   - axis: the new axis' position.
    /// - Returns: a new tensor.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        Tensor(owning: withHandles(tensors) { ct_stack($0, $1, Int64(axis)) }, "stack \(tensors.map(\.shape))")
    }

    /// Chosen positions of an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - indices: int64 or int32 positions, one axis.
    /// - Returns: a new tensor.
    public func selected(_ axis: Int, _ indices: Tensor) -> Tensor {
        Tensor(owning: ct_index_select(handle, Int64(axis), indices.handle), "select \(indices.shape) of \(shape)")
    }

    /// For each position of `indices`, the element with that index along an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - indices: int64, of this tensor's rank.
    /// - Returns: a tensor of the indices' shape.
    public func gathered(_ axis: Int, _ indices: Tensor) -> Tensor {
        Tensor(owning: ct_gather(handle, Int64(axis), indices.handle), "gather \(indices.shape) of \(shape)")
    }

    /// A copy with elements replaced at indices along an axis; the opposite of `gathered`.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - indices: int64, of this tensor's rank.
    ///   - source: the new elements, of the indices' shape.
    /// - Returns: a tensor of the same shape.
    public func scattered(_ axis: Int, _ indices: Tensor, from source: Tensor) -> Tensor {
        Tensor(
            owning: ct_scatter(handle, Int64(axis), indices.handle, source.handle), "scatter \(indices.shape), \(shape)"
        )
    }

    /// A copy with elements added at indices along an axis.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - indices: int64, of this tensor's rank.
    ///   - source: what is added, of the indices' shape.
    /// - Returns: a tensor of the same shape.
    public func scatterAdded(_ axis: Int, _ indices: Tensor, from source: Tensor) -> Tensor {
        Tensor(
            owning: ct_scatter_add(handle, Int64(axis), indices.handle, source.handle),
            "scatterAdd \(indices.shape), \(shape)")
    }

    /// The elements where a mask is true.
    ///
    /// - Parameter mask: truth values, broadcast to this tensor.
    /// - Returns: a tensor with one axis.
    public func elements(where mask: Tensor) -> Tensor {
        Tensor(owning: ct_masked_select(handle, mask.handle), "elements of \(shape) where \(mask.shape)")
    }

    /// The positions of elements that are not zero.
    ///
    /// - Returns: int64 `[found, rank]`.
    public func nonzero() -> Tensor { Tensor(owning: ct_nonzero(handle), "nonzero \(shape)") }

    /// The order along axes reversed.
    ///
    /// - Parameter axes: the axes.
    /// - Returns: a new tensor.
    public func flipped(_ axes: Int...) -> Tensor {
        Tensor(owning: withList(axes) { ct_flip(handle, $0, $1) }, "flip \(axes) of \(shape)")
    }

    /// Elements moved along an axis; what leaves at one end enters at the other.
    ///
    /// - Parameters:
    ///   - shift: how far.
    ///   - axis: the axis.
    /// - Returns: a new tensor.
    public func rolled(_ shift: Int, axis: Int) -> Tensor {
        Tensor(owning: ct_roll(handle, Int64(shift), Int64(axis)), "roll \(shape)")
    }

    /// The whole tensor repeated along its axes.
    ///
    /// - Parameter repeats: one number an axis; further ones in front make new axes.
    /// - Returns: a new tensor.
    public func repeated(_ repeats: Int...) -> Tensor {
        Tensor(owning: withList(repeats) { ct_repeat(handle, $0, $1) }, "repeat \(shape) \(repeats)")
    }

    /// Each position of an axis repeated in place.
    ///
    /// - Parameters:
    ///   - repeats: how often.
    ///   - axis: the axis.
    /// - Returns: a new tensor.
    public func repeatedInterleaved(_ repeats: Int, axis: Int) -> Tensor {
        Tensor(owning: ct_repeat_interleave(handle, Int64(repeats), Int64(axis)), "repeatInterleaved \(shape)")
    }

    /// The lower triangle of the last two axes; zero above.
    ///
    /// - Parameter diagonal: which diagonal is the last one kept.
    /// - Returns: a new tensor.
    public func lowerTriangle(diagonal: Int = 0) -> Tensor {
        Tensor(owning: ct_tril(handle, Int64(diagonal)), "lowerTriangle \(shape)")
    }

    /// The upper triangle of the last two axes; zero below.
    ///
    /// - Parameter diagonal: which diagonal is the first one kept.
    /// - Returns: a new tensor.
    public func upperTriangle(diagonal: Int = 0) -> Tensor {
        Tensor(owning: ct_triu(handle, Int64(diagonal)), "upperTriangle \(shape)")
    }

    /// The diagonal of two axes, as a new last axis.
    ///
    /// - Parameters:
    ///   - offset: which diagonal.
    ///   - a: the first axis.
    ///   - b: the second axis.
    /// - Returns: a view.
    public func diagonal(offset: Int = 0, _ a: Int = 0, _ b: Int = 1) -> Tensor {
        Tensor(owning: ct_diagonal(handle, Int64(offset), Int64(a), Int64(b)), "diagonal of \(shape)")
    }

    /// Sliding windows along an axis, as a new last axis.
    ///
    /// - Parameters:
    ///   - axis: the axis.
    ///   - size: the window's size.
    ///   - step: the distance between windows.
    /// - Returns: a view.
    public func windows(_ axis: Int, size: Int, step: Int = 1) -> Tensor {
        Tensor(owning: ct_unfold(handle, Int64(axis), Int64(size), Int64(step)), "windows of \(shape)")
    }

    /// Constant borders added.
    ///
    /// - Parameters:
    ///   - amounts: before and after of the last axis, then of the one before, and so on, as in PyTorch.
    ///   - value: what fills the borders.
    /// - Returns: a new tensor.
    public func padded(_ amounts: [Int], with value: Double = 0) -> Tensor {
        Tensor(owning: withList(amounts) { ct_pad(handle, $0, $1, value) }, "pad \(shape) by \(amounts)")
    }

    /// One-hot rows for class indices.
    ///
    /// - Parameter classes: the number of classes K.
    /// - Returns: float32, this tensor's shape followed by K.
    public func oneHot(_ classes: Int) -> Tensor {
        unsqueezed(-1).equal(to: Tensor.arange(0..<classes, device: device)).to(dtype: .float32)
    }
}
