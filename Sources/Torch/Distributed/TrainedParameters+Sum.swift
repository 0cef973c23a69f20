extension TrainedParameters {
    /// Replaces gradients by their sums over the processes.
    ///
    /// A parameter that has a gradient in some processes only counts as zero in the others; one that has none anywhere
    /// keeps none. Clipping comes afterwards.
    ///
    /// - Parameter group: the processes, which train the same parameters in the same order.
    /// - Throws: `ProcessGroupError` if a process is lost, late, elsewhere or has other parameters.
    public func sumGradients(over group: ProcessGroup) throws(ProcessGroupError) {
        if group.size == 1 { return }
        let tensors = tensors
        let marks = try group.gathered(tensors.map { $0.gradient == nil ? 0 : 1 })
        guard Set(marks.map(\.count)).count == 1 else {
            throw .mismatch(subject: "the trained parameters", values: marks.map { "\($0.count) tensors" })
        }
        let shared = tensors.indices.filter { i in marks.contains { $0[i] == 1 } }.map { tensors[$0] }
        for tensor in shared where tensor.gradient == nil {
            tensor.setGradient(.zeros(tensor.shape, dtype: tensor.dtype, device: tensor.device))
        }
        try group.sum(shared.compactMap(\.gradient))
    }
}
