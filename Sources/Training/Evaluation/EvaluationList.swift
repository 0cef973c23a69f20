public import Datasets

/// A list of videos that is evaluated, and the classes that compete for them.
public struct EvaluationList: Sendable {
    /// The list's path.
    public let path: String
    /// SHA-256 of the list.
    public let digest: String
    /// Which split or part it is, where the list has several.
    public let part: String?
    /// The videos; labels are positions in ``classes``.
    public let samples: [VideoSample]
    /// The classes; nil where nothing names them.
    public let classes: ClassList?
    /// Whether a video may have no class, or several.
    public let isMultiLabel: Bool

    /// Takes a list.
    ///
    /// - Parameters:
    ///   - list: the videos, each with a label unless the list is multi-label.
    ///   - part: which split or part it is.
    ///   - onlyOccurring: whether only classes that have videos compete.
    /// - Throws: `DatasetError.badLabel` for a video without a label, `badOption` for `onlyOccurring` without names.
    public init(_ list: VideoList, part: String? = nil, onlyOccurring: Bool = false) throws(DatasetError) {
        let list = try list.labelled()
        (path, digest, self.part, isMultiLabel) = (list.path, list.digest, part, list.isMultiLabel)
        guard onlyOccurring else {
            (samples, classes) = (list.samples, list.classes)
            return
        }
        guard let names = list.classes?.names else { throw .badOption("\(path): nothing names its classes") }
        let occurring = Set(list.samples.flatMap(\.labels)).sorted()
        let places = Dictionary(uniqueKeysWithValues: occurring.enumerated().map { ($1, $0) })
        classes = try ClassList(occurring.map { names[$0] })
        samples = list.samples.map { VideoSample(source: $0.source, labels: $0.labels.compactMap { places[$0] }) }
    }

    private init(_ list: EvaluationList, samples: [VideoSample], classes: ClassList) {
        (path, digest, part, isMultiLabel) = (list.path, list.digest, list.part, list.isMultiLabel)
        (self.samples, self.classes) = (samples, classes)
    }

    /// The list with the numbers of a model's trained classes.
    ///
    /// Classes of the list that have no videos need no counterpart. Without names on either side the numbers must be the
    /// model's already.
    ///
    /// - Parameters:
    ///   - names: the names of the model's classes; nil where they are not known.
    ///   - count: their number.
    /// - Returns: the same videos; the model's classes compete.
    /// - Throws: `DatasetError.classesDiffer` naming classes without exactly one counterpart, `badOption` where the
    ///   numbers cannot be the model's.
    func numbered(by names: [String]?, count: Int) throws(DatasetError) -> EvaluationList {
        let occurring = Set(samples.flatMap(\.labels)).sorted()
        guard let names, let classes else {
            guard occurring.allSatisfy({ $0 < count }), classes.map({ $0.count == count }) ?? true else {
                throw .badOption(
                    "\(path): \(classes?.count ?? (occurring.last ?? 0) + 1) classes, the model was trained on "
                        + "\(count); name the list's own with --classes")
            }
            if let classes { return EvaluationList(self, samples: samples, classes: classes) }
            let own = try ClassList(names ?? (0..<count).map { "class \($0)" })
            return EvaluationList(self, samples: samples, classes: own)
        }
        let trained = try ClassList(names)
        let places = try ClassList(occurring.map { classes.names[$0] }).mapping(to: trained)
        let numbers = Dictionary(uniqueKeysWithValues: zip(occurring, places))
        let renumbered = samples.map { sample in
            VideoSample(source: sample.source, labels: sample.labels.compactMap { numbers[$0] })
        }
        return EvaluationList(self, samples: renumbered, classes: trained)
    }
}
