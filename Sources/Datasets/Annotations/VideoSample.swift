/// One video of a list with the numbers of its classes.
public struct VideoSample: Sendable, Equatable {
    /// Where its frames are.
    public let source: VideoSource
    /// Positions in the list of classes: none where the list says nothing, one where classes exclude one another.
    public let labels: [Int]

    /// Makes a sample.
    ///
    /// - Parameters:
    ///   - source: where its frames are.
    ///   - labels: the numbers of its classes.
    public init(source: VideoSource, labels: [Int]) {
        self.source = source
        self.labels = labels
    }
}

/// Where a sample stands in the files of a list.
public struct ListPlace: Sendable, Hashable, CustomStringConvertible {
    /// The file, or the folder in a list that is one.
    public let file: String
    /// The line from 1; in a folder, the number of the video in it.
    public let line: Int

    /// The file and the line.
    public var description: String { "\(file): line \(line)" }
}

/// A sample that is left out because of its label.
public struct RejectedSample: Sendable, Equatable {
    /// What the list says.
    public let sample: VideoSample
    /// Where it says so.
    public let place: ListPlace
    /// What is wrong with the label.
    public let reason: String
    /// How many samples come before it in the list.
    package let position: Int
}
