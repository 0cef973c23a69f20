/// The two halves of the classes of the base-to-novel protocol.
///
/// A model is tuned on the base classes and asked about base and novel classes, each among their own only. Base is the
/// more frequent half, one more than novel where the number is odd; among equally frequent classes the later ones are
/// base, so HMDB51's base is `pour` to `wave`. Source: ViFi-CLIP.
public struct BaseToNovel: Sendable, Equatable {
    /// The numbers of the classes that are trained on, ascending.
    public let base: [Int]
    /// The numbers of the others, ascending.
    public let novel: [Int]

    /// Halves classes by how many videos they have.
    ///
    /// - Parameter counts: the number of training videos of each class.
    public init(counts: [Int]) {
        let rarestFirst = counts.indices.sorted { (counts[$0], $0) < (counts[$1], $1) }
        novel = rarestFirst.prefix(counts.count / 2).sorted()
        base = rarestFirst.dropFirst(counts.count / 2).sorted()
    }

    /// Halves the classes of a training list.
    ///
    /// - Parameter list: a list whose number of classes is known.
    /// - Throws: `DatasetError.badOption` for a list without classes or with several labels a video.
    public init(_ list: VideoList) throws(DatasetError) {
        guard let classes = list.classCount, !list.isMultiLabel else {
            throw .badOption("\(list.path): base and novel classes need a class list and one label a video")
        }
        var counts = [Int](repeating: 0, count: classes)
        for label in list.samples.flatMap(\.labels) { counts[label] += 1 }
        self.init(counts: counts)
    }

    /// The harmonic mean of the two accuracies, which the protocol reports.
    ///
    ///     HM = 2 · B · N / (B + N)
    ///
    /// - Parameters:
    ///   - base: the accuracy on base classes.
    ///   - novel: the accuracy on novel classes.
    /// - Returns: the mean; 0 when both are 0.
    public static func harmonicMean(base: Double, novel: Double) -> Double {
        base + novel > 0 ? 2 * base * novel / (base + novel) : 0
    }
}
