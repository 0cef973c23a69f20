/// A table of vectors, one for each index.
public struct Embedding: Sendable {
    /// `[V, D]`.
    public let weight: Tensor

    /// Declares `weight`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - count: the number V of vectors.
    ///   - width: their size D.
    ///   - initial: the first values.
    public init(_ scope: Scope, _ count: Int, _ width: Int, initial: Initial = .normal(1)) {
        weight = scope.parameter("weight", count, width, initial: initial)
    }

    /// Looks vectors up.
    ///
    /// - Parameter indices: int64 or int32 of any shape, each below V.
    /// - Returns: the indices' shape followed by D.
    public func callAsFunction(_ indices: Tensor) -> Tensor { weight.rows(indices) }
}
