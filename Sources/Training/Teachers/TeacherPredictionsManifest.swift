public import Datasets

/// What kept predictions of a teacher were made of: the file `manifest.json` beside them.
///
/// A training uses predictions only if the teacher's weights, the classes and the videos are its own.
public struct TeacherPredictionsManifest: Codable, Sendable, Equatable {
    /// The name of the format.
    public static let formatName = "verb-teacher-predictions"

    /// Everything that decides what the predictions are.
    public struct Source: Codable, Sendable, Equatable {
        /// Where the teacher was read from; a note.
        public internal(set) var teacher: String
        /// ``WeightDigest`` of the teacher: SHA-256.
        public let teacherSHA256: String
        /// SHA-256 of its architecture, by which it answers too: scales, activation, fusion of two heads.
        public let teacherArchitecture: String
        /// The names of the classes as the teacher's sentences hold them, in the order of the columns.
        public let classes: [String]
        /// How its clips were made.
        public let clips: EvaluationClips
        /// The number of frames of a clip.
        public let frames: Int
        /// The side of its pictures in pixels.
        public let imageSize: Int
        /// How its bytes became numbers.
        public let normalization: PixelNormalization

        /// In what another source differs, one sentence a key; paths are notes and do not count.
        func mismatches(with other: Source) -> [String] {
            var (own, its) = (self, other)
            (own.teacher, its.teacher) = ("", "")
            return own.differences(from: its)
        }
    }

    /// The name of the format, ``formatName``.
    public private(set) var format = formatName
    /// The version of the format.
    public private(set) var version = 1
    /// Everything that decides what the predictions are.
    public let source: Source
    /// The path of the list; a note.
    public let list: String
    /// The videos in the order of the rows, by their paths below the list's root.
    public let videos: [String]
    /// ``WeightDigest`` of the predictions.
    public let predictionsSHA256: String

    init(_ source: Source, list: String, videos: [String], predictionsSHA256: String) {
        (self.source, self.list, self.videos, self.predictionsSHA256) = (source, list, videos, predictionsSHA256)
    }
}
