public import Torch

/// How the patches of each frame attend to those of the frames beside it, by the frozen tower's queries and keys.
///
///     a[t, s] = mean over heads of softmax over the patches of frame s of (q_t · k_s / sqrt(d))
///
/// Class tokens are left out before the softmax. No gradient passes. Source: EVL `model.py`, `TemporalCrossAttention`.
public struct NeighbourMaps: Sendable {
    /// To the frame before, `a[t, t-1]` at place t - 1, `[B, T-1, P, P]`.
    public let previous: Tensor
    /// To the frame behind, `a[t, t+1]` at place t, `[B, T-1, P, P]`.
    public let next: Tensor

    /// Takes maps that were computed before.
    ///
    /// - Parameters:
    ///   - previous: to the frame before, `[B, T-1, P, P]`.
    ///   - next: to the frame behind, `[B, T-1, P, P]`.
    public init(previous: Tensor, next: Tensor) {
        self.previous = previous
        self.next = next
    }

    /// Computes the maps.
    ///
    /// - Parameters:
    ///   - queries: with bias, not scaled, class token first, `[B, T, L, h, d]`.
    ///   - keys: with bias, `[B, T, L, h, d]`.
    public init(queries: Tensor, keys: Tensor) {
        (previous, next) = withoutGradient {
            let (t, l, heads) = (queries.shape[1], queries.shape[2], queries.shape[3])
            let scale = 1 / Double(queries.shape[4]).squareRoot()
            let (earlier, later) = (0..<t - 1, 1..<t)
            func map(_ head: Int, _ from: Range<Int>, _ to: Range<Int>) -> Tensor {
                let q = queries.select(3, head).slice(2, 1..<l).slice(1, from) * scale  // [B, T-1, P, d]
                let k = keys.select(3, head).slice(2, 1..<l).slice(1, to)
                return q.matmul(k.transposed()).softmax(-1)  // [B, T-1, P, P]
            }
            func mean(_ from: Range<Int>, _ to: Range<Int>) -> Tensor {
                (1..<heads).reduce(map(0, from, to)) { $0 + map($1, from, to) } / Double(heads)
            }
            return (mean(later, earlier), mean(earlier, later))
        }
    }
}
