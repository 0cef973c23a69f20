internal import CTorch

extension Tensor {
    /// Makes a tensor of numbers on the CPU.
    ///
    /// - Parameters:
    ///   - values: the elements in row-major order.
    ///   - shape: the sizes of the axes; their product is the number of values.
    public convenience init<Element: TensorElement>(_ values: [Element], shape: [Int]) {
        check(values.count == shape.reduce(1, *), "tensor: \(values.count) values for shape \(shape)")
        self.init(owning: values.withUnsafeBytes { Tensor.make($0, shape, Element.dtype) }, "tensor \(shape)")
    }

    /// Makes a tensor with one axis.
    ///
    /// - Parameter values: the elements.
    public convenience init<Element: TensorElement>(_ values: [Element]) {
        self.init(values, shape: [values.count])
    }

    /// Makes a tensor without axes.
    ///
    /// - Parameter value: its only element.
    public convenience init<Element: TensorElement>(_ value: Element) {
        self.init([value], shape: [])
    }

    /// Copies raw memory into a new tensor on the CPU.
    ///
    /// - Parameters:
    ///   - bytes: the elements in row-major order and in this machine's byte order.
    ///   - shape: the sizes of the axes.
    ///   - dtype: the type of the elements.
    package convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) {
        self.init(owning: Tensor.make(bytes, shape, dtype), "tensor \(shape) of \(dtype)")
    }

    /// Views memory that somebody else owns, without a copy.
    ///
    /// - Parameters:
    ///   - owner: kept alive until LibTorch lets go of the memory.
    ///   - address: the first element.
    ///   - byteCount: how much memory may be reached; checked against shape and strides.
    ///   - shape: the sizes of the axes.
    ///   - strides: the distances between neighbours, in elements.
    ///   - dtype: the type of the elements.
    package convenience init(
        viewing owner: any AnyObject & Sendable, address: UnsafeMutableRawPointer, byteCount: Int, shape: [Int],
        strides: [Int], dtype: DType
    ) {
        let reach = shape.contains(0) ? 0 : zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
        check(
            shape.count == strides.count && strides.allSatisfy { $0 >= 0 } && reach * dtype.byteCount <= byteCount,
            "view: \(shape) with strides \(strides) of \(dtype) reaches past \(byteCount) bytes")
        let context = Unmanaged.passRetained(owner as AnyObject).toOpaque()
        let handle = withList(shape) { shape, rank in
            withList(strides) { strides, _ in
                ct_from_memory(
                    address, shape, strides, rank, dtype.code,
                    { context in
                        guard let context else { return }
                        Unmanaged<AnyObject>.fromOpaque(context).release()
                    }, context)
            }
        }
        self.init(owning: handle, "view \(shape)")
    }

    private static func make(_ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ dtype: DType) -> OpaquePointer? {
        withList(shape) { ct_from_bytes(bytes.baseAddress, Int64(bytes.count), $0, $1, dtype.code) }
    }

    /// The elements in row-major order, converted to `Element`.
    ///
    /// - Parameter type: the Swift type wanted.
    /// - Returns: `count` values.
    public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
        to(dtype: Element.dtype).withBytes { bytes in Array(bytes.bindMemory(to: Element.self)) }
    }

    /// The only element, converted to `Element`.
    ///
    /// - Parameter type: the Swift type wanted.
    /// - Returns: the value; a tensor with more or fewer elements traps.
    public func item<Element: TensorElement>(_ type: Element.Type = Element.self) -> Element {
        let values = array(of: type)
        check(values.count == 1, "item: the tensor has \(values.count) elements, shape \(shape)")
        return values[0]
    }

    /// Gives read access to the elements in row-major order, on the CPU.
    ///
    /// - Parameter body: reads the bytes; the pointer is valid during the call only.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let tensor = detached().to(device: .cpu).contiguous()
        let bytes = tensor.count * tensor.dtype.byteCount
        let result = try body(UnsafeRawBufferPointer(start: bytes == 0 ? nil : ct_data(tensor.handle), count: bytes))
        withExtendedLifetime(tensor) {}
        return result
    }

    /// The same values with another element type, on another device; the tensor itself if it has both already.
    ///
    /// - Parameters:
    ///   - dtype: the element type wanted; nil keeps it.
    ///   - device: the device wanted; nil keeps it.
    /// - Returns: a tensor of the same shape.
    public func to(dtype: DType? = nil, device: Device? = nil) -> Tensor {
        let (type, place) = (dtype ?? self.dtype, device ?? self.device)
        return Tensor(owning: ct_to(handle, type.code, place.kind, place.index), "to \(type) \(place)")
    }

    /// The same values in row-major order without gaps.
    ///
    /// - Returns: the tensor itself, or a copy.
    public func contiguous() -> Tensor { Tensor(owning: ct_contiguous(handle), "contiguous \(shape)") }

    /// A copy with storage of its own.
    ///
    /// - Returns: a tensor of the same shape.
    public func cloned() -> Tensor { Tensor(owning: ct_clone(handle), "clone \(shape)") }

    /// The same storage, apart from the autograd graph.
    ///
    /// - Returns: a tensor without gradient history.
    public func detached() -> Tensor { Tensor(owning: ct_detach(handle), "detach \(shape)") }

    /// Overwrites the elements; the optimisers' and loaders' door.
    ///
    /// - Parameter source: broadcast and converted to this tensor.
    package func copy(from source: Tensor) {
        let done = ct_copy_into(handle, source.handle)
        check(done, "copy \(source.shape) into \(shape): \(lastError)")
    }

    /// Overwrites all elements with one value.
    ///
    /// - Parameter value: the new value.
    package func fill(_ value: Double) {
        let done = ct_fill(handle, value)
        check(done, "fill \(shape): \(lastError)")
    }
}

extension Tensor {
    /// A tensor filled with one value.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the axes.
    ///   - value: every element.
    ///   - dtype: the type of the elements.
    ///   - device: where it lives.
    /// - Returns: a new tensor.
    public static func full(
        _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(
            owning: withList(shape) { ct_full($0, $1, value, dtype.code, device.kind, device.index) }, "full \(shape)")
    }

    /// A tensor of zeros.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the axes.
    ///   - dtype: the type of the elements.
    ///   - device: where it lives.
    /// - Returns: a new tensor.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dtype: dtype, device: device)
    }

    /// A tensor of ones.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the axes.
    ///   - dtype: the type of the elements.
    ///   - device: where it lives.
    /// - Returns: a new tensor.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dtype: dtype, device: device)
    }

    /// The integers of a range.
    ///
    /// - Parameters:
    ///   - range: the values, upper bound excluded.
    ///   - dtype: the type of the elements.
    ///   - device: where it lives.
    /// - Returns: a tensor with one axis.
    public static func arange(_ range: Range<Int>, dtype: DType = .int64, device: Device = .cpu) -> Tensor {
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
        return Tensor(owning: ct_arange(low, high, 1, dtype.code, device.kind, device.index), "arange \(range)")
    }

    /// The identity matrix.
    ///
    /// - Parameters:
    ///   - size: the number of rows.
    ///   - dtype: the type of the elements.
    ///   - device: where it lives.
    /// - Returns: `[size, size]`.
    public static func identity(_ size: Int, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(owning: ct_eye(Int64(size), dtype.code, device.kind, device.index), "identity \(size)")
    }
}
