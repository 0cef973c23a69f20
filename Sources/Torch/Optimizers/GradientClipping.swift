internal import CTorch

extension TrainedParameters {
    /// Scales all gradients down so that their common Euclidean norm does not exceed a limit.
    ///
    /// Source: `torch.nn.utils.clip_grad_norm_`.
    ///
    /// - Parameter limit: the largest norm; infinity only measures.
    /// - Returns: the norm before.
    @discardableResult
    public func clipGradients(to limit: Double) -> Double {
        var norm = 0.0
        let done = withHandles(tensors.compactMap(\.gradient)) { ct_clip_gradients($0, $1, limit, &norm) }
        check(done, "clipGradients: \(lastError)")
        return norm
    }
}
