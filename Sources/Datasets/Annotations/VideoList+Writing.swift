internal import Foundation

extension VideoList {
    /// A list that was written, with what is needed to read it.
    public struct Written: Sendable, Equatable {
        /// The list's path.
        public let path: String
        /// The number of its videos.
        public let videos: Int
        /// Its format: paths and labels, or folders of images.
        public let format: ListFormat
        /// The class list that was written beside it; nil where nothing names the classes.
        public let classes: String?
    }

    /// Writes some of the videos as a list of paths and labels, its class names as `NAME.classes.txt` beside it.
    ///
    /// Paths below the new list's folder are written relative to it, others whole, so that it is read without a root.
    /// Each file appears whole or not at all.
    ///
    /// - Parameters:
    ///   - positions: positions in ``samples``, in the order wanted; at least one.
    ///   - chosen: the classes that are kept, which are numbered anew in this order; nil keeps all.
    ///   - path: another file than the list itself.
    /// - Returns: what was written.
    /// - Throws: `DatasetError.badOption` for names that cannot stand in a list, classes that are not kept but occur, or
    ///   when the list itself would be replaced; `notWritable`.
    @discardableResult
    public func write(_ positions: [Int], classes chosen: [Int]? = nil, to path: String) throws(DatasetError) -> Written
    {
        guard !positions.isEmpty else { throw .badOption("\(self.path): no video is left; no list is written") }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard target != URL(fileURLWithPath: self.path).resolvingSymlinksInPath().path else {
            throw .badOption("\(path): the list itself must not be replaced; choose another file")
        }
        let numbers = chosen.map { Dictionary(uniqueKeysWithValues: $0.enumerated().map { ($1, $0) }) }
        let folder = (target as NSString).deletingLastPathComponent
        var lines = "", formats: Set<ListFormat> = []
        let hasOffsets = positions.contains { samples[$0].source.offset > 0 }
        for position in positions {
            let sample = samples[position]
            let (source, format) = try text(of: sample.source, hasOffsets: hasOffsets, below: folder)
            formats.insert(format)
            let labels = sample.labels.compactMap { label in numbers == nil ? label : numbers?[label] }
            guard labels.count == sample.labels.count else {
                throw .badOption("\(places[position]): class \(sample.labels) is none of those that are kept")
            }
            lines += ([source] + labels.map(String.init)).joined(separator: " ") + "\n"
        }
        guard formats.count == 1, let format = formats.first else {
            throw .badOption("\(self.path): files and folders of images do not stand in one list")
        }
        let names = classes.map { classes in (chosen ?? Array(classes.names.indices)).map { classes.names[$0] } }
        let classFile = names == nil ? nil : (path as NSString).deletingPathExtension + ".classes.txt"
        if let names, let classFile {
            guard !names.contains(where: { $0.contains(where: \.isNewline) }) else {
                throw .badOption("\(self.path): a class name with a line end cannot stand in a list")
            }
            try WholeFile.write(Data(names.map { $0 + "\n" }.joined().utf8), to: classFile)
        }
        try WholeFile.write(Data(lines.utf8), to: path)
        return Written(
            path: path, videos: positions.count, format: isMultiLabel ? .multiLabel : format, classes: classFile)
    }

    private func text(
        of source: VideoSource, hasOffsets: Bool, below folder: String
    ) throws(DatasetError) -> (String, ListFormat) {
        let whole = URL(fileURLWithPath: source.path).resolvingSymlinksInPath().path
        let path = whole.hasPrefix(folder + "/") ? String(whole.dropFirst(folder.count + 1)) : whole
        guard !path.contains(where: \.isNewline) else {
            throw .badOption("\(path): a name with a line end cannot stand in a list; rename the file")
        }
        switch source {
        case .file: return (path, .pathLabel)
        case .images(let images):
            guard let count = images.count else {
                throw .badOption("\(path): its number of images is not stated, so it cannot stand in a list")
            }
            return hasOffsets
                ? ("\(path) \(images.offset) \(count)", .rawFramesOffset) : ("\(path) \(count)", .rawFrames)
        }
    }
}

extension VideoSource {
    /// How many images come before the first; 0 for files.
    fileprivate var offset: Int {
        if case .images(let images) = self { images.offset } else { 0 }
    }
}
