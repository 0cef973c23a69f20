extension VideoList {
    /// As what a list is read that does not say it.
    ///
    /// - Parameters:
    ///   - path: a file, or the folder that a format consists of.
    ///   - options: how it is read.
    /// - Returns: the format of the options, or the only one that fits.
    /// - Throws: `DatasetError` when none or several fit.
    public static func format(of path: String, _ options: ListOptions = .init()) throws(DatasetError) -> ListFormat {
        let request = try ListRequest(path, options)
        return options.format == .detected ? try ListDetection.format(of: request) : options.format
    }

    /// Checks that every video has a label, as training and evaluation need.
    ///
    /// - Returns: the list itself.
    /// - Throws: `DatasetError.badLabel` with the first line that has none; a multi-label list may have such lines.
    public func labelled() throws(DatasetError) -> VideoList {
        guard !isMultiLabel, let bare = samples.firstIndex(where: \.labels.isEmpty) else { return self }
        throw .badLabel(path: places[bare].file, line: places[bare].line, detail: "no label")
    }

    /// Numbers the labels by another class list.
    ///
    /// - Parameter other: the classes of a model; they may stand in another order, be spelt otherwise, and be more.
    /// - Returns: the same videos with the numbers of `other`.
    /// - Throws: `DatasetError.classesDiffer` naming the classes without exactly one counterpart, `badOption` when
    ///   nothing names this list's classes.
    public func remapped(to other: ClassList) throws(DatasetError) -> VideoList {
        guard let classes else {
            throw .badOption("\(path): nothing names its classes; give their list, so that numbers can be compared")
        }
        guard classes != other else { return self }
        let positions = try classes.mapping(to: other)
        let samples = samples.map { VideoSample(source: $0.source, labels: $0.labels.map { positions[$0] }) }
        return VideoList(self, samples: samples, places: places, classes: other)
    }

    /// The videos at some positions, such as those of a few-shot draw.
    ///
    /// - Parameter positions: positions in ``samples``, in the order wanted.
    /// - Returns: the same list with these videos only; classes and digest stay.
    public func selecting(_ positions: [Int]) -> VideoList {
        VideoList(self, samples: positions.map { samples[$0] }, places: positions.map { places[$0] }, classes: classes)
    }

    /// A list with other videos or labels.
    private init(_ list: VideoList, samples: [VideoSample], places: [ListPlace], classes: ClassList?) {
        (path, format, root, digest) = (list.path, list.format, list.root, list.digest)
        (self.samples, self.places, self.classes) = (samples, places, classes)
        (classCount, isMultiLabel, rejected) = (classes?.count ?? list.classCount, list.isMultiLabel, list.rejected)
    }
}
