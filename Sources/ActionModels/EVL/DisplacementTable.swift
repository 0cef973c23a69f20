public import Torch

/// Where the patches of a grid lie to each other.
///
///     r(q, k) = (qi - ki + rows - 1) (2 columns - 1) + (qj - kj + columns - 1)
///
/// for a query patch at (qi, qj) and a key patch at (ki, kj). Source: EVL `model.py`.
public struct DisplacementTable: Sendable {
    /// The number R of displacements.
    public let count: Int
    /// The displacement of each pair of patches, queries in rows, int64 `[P, P]`.
    public let indices: Tensor
    /// Where the entries of two maps go when both are laid out side by side, class token first, int64 `[L, 2 P]`.
    ///
    /// The class token's entries are zeros, so that any places do.
    let bothPlaces: Tensor

    /// Makes the table of a grid.
    ///
    /// - Parameters:
    ///   - rows: the number of rows of patches.
    ///   - columns: the number of columns of patches.
    public init(rows: Int, columns: Int) {
        let patches = rows * columns, line = 2 * columns - 1
        count = (2 * rows - 1) * line
        indices = Tensor(
            (0..<patches).flatMap { query in
                (0..<patches).map { key in
                    (query / columns - key / columns + rows - 1) * line + query % columns - key % columns + columns - 1
                }
            }, shape: [patches, patches])
        let first = Tensor.arange(0..<patches).unsqueezed(0)  // [1, P]
        let previous = Tensor.concatenated([first, indices])  // [L, P]
        bothPlaces = .concatenated([previous, (previous + Double(count)).to(dtype: .int64)], axis: 1)
    }
}
