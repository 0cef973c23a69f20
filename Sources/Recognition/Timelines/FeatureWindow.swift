internal import Torch

/// The features of the newest frames, at most as many as a window has: a ring.
struct FeatureWindow: Sendable {
    let capacity: Int
    private var rows: [Tensor] = []
    /// The place of the oldest row once the ring is full.
    private var oldest = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The number of rows held.
    var count: Int { rows.count }

    /// The rows `[E]`, the oldest first.
    var features: [Tensor] { Array(rows[oldest...] + rows[..<oldest]) }

    /// Adds the newest row and forgets the oldest when the ring is full.
    mutating func append(_ row: Tensor) {
        guard rows.count == capacity else {
            rows.append(row)
            return
        }
        rows[oldest] = row
        oldest = (oldest + 1) % capacity
    }

    /// Adds the newest row once more.
    mutating func repeatLast() {
        guard !rows.isEmpty else { return }
        append(rows[(oldest + rows.count - 1) % rows.count])
    }
}
