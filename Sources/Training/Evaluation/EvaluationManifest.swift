public import ActionModels

/// All that a figure depends on, and the figure: the file `evaluation.json`.
///
/// An evaluation that is run again with the same manifest on the same machine and build gives the same digits. Source:
/// the things that silently change a zero-shot number, as the tables of the literature show them.
public struct EvaluationManifest: Sendable, Codable, Equatable {
    /// The name of the format.
    public static let formatName = "verb-evaluation"

    /// The name of the format, ``formatName``.
    public private(set) var format = formatName
    /// The version of the format.
    public private(set) var version = 1
    /// The videos, one list or several.
    public var lists: [Videos] = []
    /// How videos become input.
    public var clips = Clips()
    /// The models; several of few-shot draws and seeds.
    public var models: [Model] = []
    /// The frozen CLIP; nil where there is none.
    public var baselineModel: Model?
    /// What computed.
    public var environment = Environment()
    /// What came out.
    public var result: ProtocolResult
    /// What the frozen CLIP gives in the same harness; nil where there is none.
    public var baseline: ProtocolResult?
    /// Of a first model with two heads each list's top-1 by the name of the fusion, all its classes competing.
    public var fusions: [[String: Double]]?
    /// The accuracies between the start and the tuned model, where they were asked for.
    public var curve: InterpolationCurve?

    /// Starts a manifest whose settings are still to be stated.
    ///
    /// - Parameter result: what came out.
    public init(_ result: ProtocolResult) { self.result = result }

    /// The videos of a list.
    public struct Videos: Sendable, Codable, Equatable {
        /// The list's path.
        public var list = ""
        /// SHA-256 of the list's bytes.
        public var listDigest = ""
        /// Which part or split it is, where the list has several.
        public var part: String?
        /// The names of the classes that compete.
        public var classes: [String] = []
        /// SHA-256 of the class names.
        public var classesDigest = ""
        /// The rule from class names to label texts: `verbatim`, `underscore`, ….
        public var labelRule = ""
        /// The label text of each class, for models that are asked for texts.
        public var labels: [String] = []
        /// ``FrameIndexDigest`` of the frames of all views of all videos.
        public var indicesDigest = ""
        /// The videos that could not be read, which count as wrong.
        public var unreadable: [UnreadableVideo] = []

        /// Starts with nothing stated.
        public init() {}
    }

    /// How videos become input.
    public struct Clips: Sendable, Codable, Equatable {
        /// What decodes, with its version.
        public var decoder = ""
        /// The sampling rule in words or as its configuration.
        public var sampling = ""
        /// The number of frames of a view.
        public var frames = 0
        /// The number of views along time.
        public var temporalViews = 0
        /// The number of crops of a frame.
        public var crops = 0
        /// Which part of a frame is taken: `centre`, `three along the long side`.
        public var crop = ""
        /// The filter that resizes.
        public var resize = ""
        /// The short side after resizing, in pixels; nil where frames are resized to the input's size at once.
        public var shortSide: Int?
        /// The input's width in pixels.
        public var width = 0
        /// The input's height in pixels.
        public var height = 0
        /// What is subtracted from red, green and blue, which range from 0 to 1.
        public var mean: [Double] = []
        /// What they are divided by.
        public var std: [Double] = []

        /// Starts with nothing stated.
        public init() {}
    }

    /// A model of an evaluation.
    public struct Model: Sendable, Codable, Equatable {
        /// Where it was read from.
        public var path = ""
        /// The method.
        public var kind = ""
        /// ``WeightDigest`` of all tensors as they were used.
        public var weightsDigest = ""
        /// The activation of the towers.
        public var activation = ""
        /// The types that it computed in: `float32`, `bfloat16 autocast`.
        public var precision = ""
        /// By what it scored.
        public var head = EvaluationSettings.Head.texts
        /// The sentences around a label text; empty for trained classes.
        public var templates: [String] = []
        /// How the templates of one label are combined; nil for trained classes.
        public var ensemble: TextScoring.Ensemble?
        /// What similarities are multiplied by; nil for trained classes.
        public var logitScale: Double?
        /// How the views of a model with two heads become one answer; nil for models with one.
        public var fusion: ViewFusion?
        /// What a few-shot model, or one of several seeds, was trained on.
        public var draw: TrainedDraw?
        /// The share of the tuned weights, where they were interpolated with the start.
        public var interpolation: Double?
        /// ``WeightDigest`` of the start, where weights were interpolated.
        public var startDigest: String?

        /// Starts with nothing stated.
        public init() {}
    }

    /// What computed.
    public struct Environment: Sendable, Codable, Equatable {
        /// The command line, program first.
        public var command: [String] = []
        /// Verb's version.
        public var verb = ""
        /// LibTorch's version.
        public var libTorch = ""
        /// FFmpeg's version.
        public var ffmpeg = ""
        /// Where it computed: `cpu`, `cuda:0`.
        public var device = ""
        /// LibTorch's threads within an operation.
        public var threads = 0
        /// The number of processes that shared the list.
        public var processes = 1

        /// Starts with nothing stated.
        public init() {}
    }
}
