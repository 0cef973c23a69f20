/// Where a video's own class stands among all classes.
///
/// A class scores highest when every other class scores lower: ties, and scores that are not numbers, are misses.
struct ClassRank {
    /// How many other classes do not score lower; of a video with several classes, that of the best of them among the
    /// classes that are not its own.
    let above: Int
    /// The class that the model says; nil where a score is not a number.
    ///
    /// Where classes tie, the first that is not the video's own: what is not a hit never stands on the diagonal.
    let predicted: Int?

    /// Ranks a video's classes.
    ///
    /// - Parameters:
    ///   - row: one score a class.
    ///   - labels: the video's own classes; none of them makes every class a miss.
    init(_ row: [Double], labels: [Int]) {
        let own = Set(labels)
        let others = row.indices.filter { !own.contains($0) }
        let best = labels.map { row[$0] }.filter { !$0.isNaN }.max()
        above = best.map { best in others.count { !(row[$0] < best) } } ?? row.count
        guard row.allSatisfy({ !$0.isNaN }), let top = row.max() else {
            predicted = nil
            return
        }
        predicted = others.first { row[$0] == top } ?? row.firstIndex(of: top)
    }

    /// Whether an own class scores highest.
    var isHit: Bool { above == 0 }
}
