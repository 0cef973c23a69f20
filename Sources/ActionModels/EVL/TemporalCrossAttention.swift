public import Torch

/// The attention between neighbouring frames as displacements, each with a learned vector.
///
///     F(t, s, w)[p] = Σ over p' of a[t, s][p, p'] w[r(p, p')]
///     y[t] = F(t, t-1, w₁) + F(t, t+1, w₂)
///
/// The class token gets zeros, and so does a neighbour outside of the clip. A row of a map has one entry for each
/// displacement at most, so the map is scattered into the space of displacements and multiplied by both tables at once;
/// the table of all pairs of patches is never formed. Source: EVL `model.py`, `TemporalCrossAttention`.
public struct TemporalCrossAttention: Sendable {
    let previous: Tensor, next: Tensor
    let displacements: DisplacementTable

    /// Declares `w1` and `w2`, each `[R, C]`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the width C of the tokens.
    ///   - displacements: where the patches lie to each other.
    public init(_ scope: Scope, width: Int, displacements: DisplacementTable) {
        self.displacements = displacements
        previous = scope.parameter("w1", displacements.count, width, initial: .zeros)
        next = scope.parameter("w2", displacements.count, width, initial: .zeros)
    }

    /// Applies the learned vectors to maps.
    ///
    /// - Parameter maps: the tower's attention between neighbouring frames.
    /// - Returns: `[B, T, L, C]`, class token first.
    public func callAsFunction(_ maps: NeighbourMaps) -> Tensor {
        displaced(maps).matmul(.concatenated([previous, next]))  // [B, T, L, C]
    }

    /// What two frames give each other, each term by itself, for streams.
    ///
    /// - Parameter maps: of a clip of two frames, B = 1.
    /// - Returns: F(1, 2, w₂) for the earlier frame and F(2, 1, w₁) for the later one, each `[L, C]`.
    func terms(_ maps: NeighbourMaps) -> (earlier: Tensor, later: Tensor) {
        (term(maps.next, next), term(maps.previous, previous))
    }

    private func term(_ map: Tensor, _ vectors: Tensor) -> Tensor {
        let map = map.select(0, 0).select(0, 0).to(dtype: vectors.dtype)  // [P, P]
        let rows = Tensor.zeros([map.shape[0], displacements.count], dtype: map.dtype, device: map.device)
            .scattered(-1, displacements.indices.to(device: map.device), from: map)  // [P, R]
        return rows.matmul(vectors).padded([0, 0, 1, 0])  // [L, C]
    }

    /// Both maps of every token over the displacements, without gradient, `[B, T, L, 2 R]`.
    private func displaced(_ maps: NeighbourMaps) -> Tensor {
        withoutGradient {
            let both = Tensor.concatenated(
                [maps.previous.padded([0, 0, 1, 0, 1, 0]), maps.next.padded([0, 0, 1, 0, 0, 1])], axis: -1
            ).to(dtype: previous.dtype)  // [B, T, L, 2 P], zeros for the class token and outside of the clip
            let (b, t, l, pairs) = (both.shape[0], both.shape[1], both.shape[2], both.shape[3])
            let places = displacements.bothPlaces.to(device: both.device).expanded(b, t, l, pairs)
            return Tensor.zeros([b, t, l, 2 * displacements.count], dtype: both.dtype, device: both.device)
                .scattered(-1, places, from: both)
        }
    }
}
