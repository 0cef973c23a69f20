/// Which part of the work one of several processes does.
public struct Shard: Sendable, Hashable, Codable {
    /// The number of this process, from 0.
    public let rank: Int
    /// The number of processes.
    public let count: Int

    /// Names a part.
    ///
    /// - Parameters:
    ///   - rank: the number of this process, from 0.
    ///   - count: the number of processes.
    public init(rank: Int, count: Int) { (self.rank, self.count) = (rank, count) }

    /// The whole.
    public static let all = Shard(rank: 0, count: 1)

    /// This process's contiguous part of a range; the parts cover it, their sizes differ by at most one.
    func part(of range: Range<Int>) -> Range<Int> {
        range.lowerBound + range.count * rank / count..<range.lowerBound + range.count * (rank + 1) / count
    }
}
