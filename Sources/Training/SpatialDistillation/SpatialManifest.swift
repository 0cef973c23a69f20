public import Datasets

/// What spatial targets were made of: the file `manifest.json` beside them.
///
/// A training uses targets only if the videos are those of its list.
public struct SpatialManifest: Codable, Sendable, Equatable {
    /// The name of the format.
    public static let formatName = "verb-spatial-targets"

    /// The CLIP that answered.
    public struct Predictor: Codable, Sendable, Equatable {
        /// Where it was read from.
        public internal(set) var path: String
        /// ``WeightDigest`` of its weights: SHA-256.
        public let sha256: String
        /// The activation of its towers.
        public let activation: String
    }

    /// Everything that decides what the targets are.
    public struct Source: Codable, Sendable, Equatable {
        /// The vocabulary's name.
        public let vocabulary: String
        /// ``SpatialVocabulary/digest`` of all of it.
        public let vocabularySHA256: String
        /// The CLIP that answered.
        public internal(set) var clip: Predictor
        /// How its clips were made.
        public let clips: EvaluationClips
        /// The side of its input in pixels.
        public let imageSize: Int
        /// How its bytes became numbers.
        public let normalization: PixelNormalization
        /// F, τ, the aggregation and every other setting.
        public let prediction: SpatialPrediction
        /// The path of the list.
        public internal(set) var list: String
        /// SHA-256 of the list.
        public let listSHA256: String
        /// SHA-256 of the actions' names; nil where nothing names them.
        public let actionsSHA256: String?

        /// The same source wherever its files lie.
        var withoutPaths: Source {
            var source = self
            (source.clip.path, source.list) = ("", "")
            return source
        }

        /// In what another source differs; paths are notes and do not count.
        func differences(from other: Source) -> [String] {
            func difference<Value: Equatable>(_ name: String, _ own: Value, _ its: Value) -> String? {
                own == its ? nil : "\(name): \(own) there, \(its) here"
            }
            let own: [String?] = [
                difference("vocabulary", vocabulary, other.vocabulary),
                difference("vocabulary's SHA-256", vocabularySHA256, other.vocabularySHA256),
                difference("CLIP's SHA-256", clip.sha256, other.clip.sha256),
                difference("activation", clip.activation, other.clip.activation),
                difference("short side", clips.shortSide, other.clips.shortSide),
                difference("resize", clips.resize.rawValue, other.clips.resize.rawValue),
                difference("sampling", clips.sampling, other.clips.sampling),
                difference("image size", imageSize, other.imageSize),
                difference("mean", normalization.mean, other.normalization.mean),
                difference("std", normalization.std, other.normalization.std),
                difference("list's SHA-256", listSHA256, other.listSHA256),
                difference("actions' SHA-256", actionsSHA256 ?? "none", other.actionsSHA256 ?? "none"),
            ]
            return own.compactMap(\.self) + prediction.differences(from: other.prediction)
        }
    }

    /// The name of the format, ``formatName``.
    public private(set) var format = formatName
    /// The version of the format.
    public private(set) var version = 1
    /// Everything that decides what the targets are.
    public let source: Source
    /// The groups and labels that the targets are of; what was left out is in the report.
    public let vocabulary: SpatialVocabulary
    /// The videos in the order of the rows, by their paths below the list's root.
    public let videos: [String]
    /// The videos that could not be read: their targets are uniform, and their weight is 0.
    public let unreadable: [UnreadableVideo]
    /// ``WeightDigest`` of the targets.
    public let targetsSHA256: String

    init(
        _ source: Source, _ vocabulary: SpatialVocabulary, videos: [String], unreadable: [UnreadableVideo],
        targetsSHA256: String
    ) {
        (self.source, self.vocabulary, self.videos) = (source, vocabulary, videos)
        (self.unreadable, self.targetsSHA256) = (unreadable, targetsSHA256)
    }
}

extension SpatialPrediction {
    /// In what other settings differ.
    fileprivate func differences(from other: SpatialPrediction) -> [String] {
        func words(_ number: Double?) -> String { number.map { "\($0)" } ?? "none" }
        func named(_ numbers: [String: Double]) -> String {
            numbers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        let pairs: [(String, String, String)] = [
            ("frames", "\(frames)", "\(other.frames)"), ("temperature", words(temperature), words(other.temperature)),
            ("temperatures", named(temperatures), named(other.temperatures)),
            ("aggregation", aggregation.rawValue, other.aggregation.rawValue),
            ("prior correction", words(priorCorrection), words(other.priorCorrection)),
            ("action mixing", words(actionMixing), words(other.actionMixing)),
            ("target", target.rawValue, other.target.rawValue),
            ("confidence", words(confidence), words(other.confidence)),
            ("least information", words(minInformation), words(other.minInformation)),
            ("least support", words(minSupport), words(other.minSupport)),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) there, \($0.2) here" }
    }
}
