internal import CTorch

extension ProcessGroup {
    /// Replaces tensors by their sums over the processes.
    ///
    /// Small ones travel together. Half-precision numbers are added in float32 and rounded once, small integers in
    /// int64; the sums are the same to the last bit in every process.
    ///
    /// - Parameter tensors: of the same shapes and types in every process; written in place.
    /// - Throws: `ProcessGroupError` if a process is lost, late, elsewhere or has other tensors.
    package func sum(_ tensors: [Tensor]) throws(ProcessGroupError) {
        try transport(tensors, "sum", \.sumType) { ct_group_sum($0, $1) }
    }

    /// Replaces tensors by those of one process.
    ///
    /// - Parameters:
    ///   - tensors: of the same shapes and types in every process; written in place.
    ///   - source: the process whose tensors all get.
    /// - Throws: `ProcessGroupError` if a process is lost, late, elsewhere or has other tensors.
    package func broadcast(_ tensors: [Tensor], from source: Int) throws(ProcessGroupError) {
        check((0..<size).contains(source), "broadcast: from process \(source) of \(size)")
        try transport(tensors, "broadcast from \(source)", \.messageType) {
            ct_group_broadcast($0, $1, Int32(source))
        }
    }

    /// Joins the rows of all processes, in the order of ranks.
    ///
    /// Differentiable: the gradients that the processes have for the result are summed, and each process gets those of
    /// its own rows. The backward pass is then an operation of the group as well: all processes must go through it, and
    /// ``backward(_:)`` reports what goes wrong between them.
    ///
    /// - Parameter tensor: `[B, …]`; B may differ between processes and may be 0, the rest may not.
    /// - Returns: `[sum of B, …]`.
    /// - Throws: `ProcessGroupError` if a process is lost, late, elsewhere or has rows of another kind.
    public func gathered(_ tensor: Tensor) throws(ProcessGroupError) -> Tensor {
        check(tensor.rank > 0, "gathered: a tensor without axes has no rows")
        let isRecorded = tensor.requiresGradient && ct_gradient_enabled()
        let operation =
            "gathering rows \(tensor.dtype)\(tensor.shape.dropFirst())" + (isRecorded ? " with gradients" : "")
        guard let link = try connection(for: operation) else { return tensor }
        let rows = try announce(operation, amount: tensor.shape[0])
        let sent = tensor.to(dtype: tensor.dtype.messageType, device: link.place(for: tensor.device))
        let all = withList(rows) { ct_group_gather_rows(link.handle, sent.handle, $0, $1, Int64(rank)) }
        guard let all else { throw failure(operation) }
        return Tensor(owning: all, operation).to(dtype: tensor.dtype, device: tensor.device)
    }

    /// Adds the gradients of a loss to the leaves, where `gathered` may be on the way.
    ///
    /// - Parameter loss: this process's share of the loss, one number.
    /// - Throws: `ProcessGroupError` if a process is lost or late during the pass.
    public func backward(_ loss: Tensor) throws(ProcessGroupError) {
        guard let link = try connection(for: "backward") else { return loss.backward() }
        if ct_backward(loss.handle, nil) { return }
        let words = lastError
        let detail = String(cString: ct_group_failure(link.handle))
        check(!detail.isEmpty, "backward \(loss.shape): \(words)")
        throw failure("the backward pass through gathered rows", detail: detail)
    }

    /// Sends tensors in buckets, and writes what comes back over them.
    private func transport(
        _ tensors: [Tensor], _ name: String, _ type: KeyPath<DType, DType>,
        _ send: (OpaquePointer, OpaquePointer) -> Bool
    ) throws(ProcessGroupError) {
        let operation = "\(name) of \(tensors.count) tensors, \(Self.outline(of: tensors))"
        guard let link = try connection(for: operation) else { return }
        try announce(operation)
        let kinds = tensors.map { TensorBuckets.Kind($0.dtype[keyPath: type], link.place(for: $0.device)) }
        let sizes = zip(tensors, kinds).map { $0.count * $1.dtype.byteCount }
        for bucket in TensorBuckets.buckets(kinds: kinds, bytes: sizes) {
            let (own, kind) = (bucket.map { tensors[$0].detached() }, kinds[bucket[0]])
            let isWhole =
                own.count == 1 && own[0].isContiguous && own[0].dtype == kind.dtype
                && own[0].device == kind.device
            let message = isWhole ? own[0] : TensorBuckets.joined(own, as: kind)
            guard message.count == 0 || send(link.handle, message.handle) else { throw failure(operation) }
            if !isWhole { TensorBuckets.split(message, over: own) }
        }
    }

    /// Tells lists of shapes and types apart, by FNV-1a.
    static func outline(of tensors: [Tensor]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in tensors.flatMap({ Array("\($0.dtype)\($0.shape)".utf8) }) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return "\(tensors.reduce(0) { $0 + $1.count }) numbers, outline \(String(hash, radix: 16))"
    }
}

extension DType {
    /// The type in which numbers of this type travel: Gloo knows no int16.
    fileprivate var messageType: DType { self == .int16 ? .int32 : self }

    /// The type in which numbers of this type are added.
    fileprivate var sumType: DType {
        switch self {
        case .float16, .bfloat16: .float32
        case .int16, .int8, .uint8, .bool: .int64
        case .float32, .float64, .int64, .int32: self
        }
    }
}
