public import Video
internal import Torch

/// How a run goes, whatever the method.
///
/// The part `run` of a recipe's file; what is left out has its default.
public struct RunSettings: Codable, Sendable, Equatable {
    /// The type that matrix products and convolutions compute in; weights and their averages stay float32.
    public enum Precision: String, Codable, Sendable, CaseIterable {
        /// Single precision.
        case float32
        /// The upper half of single precision's bits, where the device has it.
        case bfloat16
        /// Half precision with a scaled loss, on GPUs.
        case float16

        /// The element type that operations are cast to; nil where nothing is cast.
        var dtype: DType? {
            switch self {
            case .float32: nil
            case .bfloat16: .bfloat16
            case .float16: .float16
            }
        }
    }

    /// What decides which model was best.
    public enum Metric: String, Codable, Sendable, CaseIterable {
        /// The share of clips whose class scores highest.
        case top1
        /// The mean over classes of that share.
        case meanClass = "mean_class"
        /// The mean over classes of average precision, for clips with several classes.
        case meanAveragePrecision = "map"
    }

    /// A factor of the learning rate for parameters by the beginning of their names.
    public struct PartRate: Codable, Sendable, Equatable {
        /// The beginning of the names.
        public var prefix: String
        /// The factor; 0 freezes them.
        public var factor: Double

        /// Makes a factor.
        ///
        /// - Parameters:
        ///   - prefix: the beginning of the names.
        ///   - factor: the factor.
        public init(prefix: String, factor: Double) {
            self.prefix = prefix
            self.factor = factor
        }
    }

    /// A moving average of the weights, which is what is evaluated and kept.
    public struct Averaging: Codable, Sendable, Equatable {
        /// How much of the average stays in each step.
        public var decay: Double

        /// Makes an average.
        ///
        /// - Parameter decay: how much of the average stays in each step.
        public init(decay: Double) { self.decay = decay }
    }

    /// Features of a frozen tower that are computed once and kept.
    public struct KeptFeatures: Codable, Sendable, Equatable {
        /// The folder.
        public var folder: String
        /// How numbers are kept.
        public var storage: FeatureCacheManifest.Storage

        /// Makes the settings.
        ///
        /// - Parameters:
        ///   - folder: the folder.
        ///   - storage: how numbers are kept.
        public init(folder: String, storage: FeatureCacheManifest.Storage = .float16) {
            self.folder = folder
            self.storage = storage
        }
    }

    /// Where every random choice begins.
    public var seed: UInt64 = 1
    /// The number of threads that decode; nil means one less than the cores, at least one.
    public var workers: Int?
    /// The number of LibTorch's threads; nil means the cores.
    public var threads: Int?
    /// The share of a process's clips of an epoch whose videos may be broken and are replaced; unless it is 0, one may.
    public var skipLimit = 0.05
    /// The longest time that opening a video, or reading its frames, may take, in seconds.
    public var deadline = 30.0
    /// The parts that the clips of a step are computed in, to save memory; contrastive losses compare within a part.
    public var accumulate = 1
    /// Whether the last batch of an epoch is left out where it is not full.
    public var dropsLast = false
    /// The largest norm of all gradients; nil does not limit it.
    public var gradientClip: Double?
    /// The share of a target that is spread over all classes.
    public var labelSmoothing = 0.0
    /// How many classes a clip has.
    public var task = ClassificationLoss.Task.single
    /// Clips that are two at once; nil for none.
    public var mixing: BatchMixing?
    /// The factor from one block of the image tower to the one below; nil for none.
    public var layerDecay: Double?
    /// Factors of the learning rate by names.
    public var rates: [PartRate] = []
    /// The type that is computed in.
    public var precision = Precision.float32
    /// A moving average of the weights; nil for none.
    public var averaging: Averaging?
    /// What clips of other processes are to contrastive losses.
    public var contrastive = LossSharing.Scope.all
    /// Whether training sees of each video always the same clip, its first view of evaluation, rather than random ones.
    public var isFixed = false
    /// Features of the frozen tower that are kept, of fixed clips; nil computes them anew.
    public var features: KeptFeatures?
    /// The number of epochs between evaluations; 0 evaluates at the end only.
    public var evaluateEvery = 1
    /// What decides which model was best.
    public var metric = Metric.top1
    /// After how many evaluations without a better one the run ends; nil never.
    public var patience: Int?
    /// The number of steps between checkpoints, beside one an epoch; nil for those only.
    public var checkpointEvery: Int?
    /// The number of newest checkpoints that are kept.
    public var keep = 2

    /// Makes the defaults.
    public init() {}
}

extension RunSettings {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case seed, workers, threads, skipLimit, deadline, accumulate, dropsLast, gradientClip, labelSmoothing, task
        case mixing, layerDecay, rates
        case precision, averaging, contrastive, isFixed, features, evaluateEvery, metric, patience, checkpointEvery,
            keep
    }

    /// Reads settings; what is left out has its default.
    ///
    /// - Parameter decoder: of the part `run`.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, or value: T) throws -> T {
            try file.decodeIfPresent(T.self, forKey: key) ?? value
        }
        func read<T: Decodable>(_ key: CodingKeys) throws -> T? { try file.decodeIfPresent(T.self, forKey: key) }
        seed = try read(.seed, or: seed)
        (workers, threads) = (try read(.workers), try read(.threads))
        skipLimit = try read(.skipLimit, or: skipLimit)
        deadline = try read(.deadline, or: deadline)
        accumulate = try read(.accumulate, or: accumulate)
        dropsLast = try read(.dropsLast, or: dropsLast)
        gradientClip = try read(.gradientClip)
        labelSmoothing = try read(.labelSmoothing, or: labelSmoothing)
        task = try read(.task, or: task)
        mixing = try read(.mixing)
        layerDecay = try read(.layerDecay)
        rates = try read(.rates, or: rates)
        precision = try read(.precision, or: precision)
        averaging = try read(.averaging)
        contrastive = try read(.contrastive, or: contrastive)
        isFixed = try read(.isFixed, or: isFixed)
        features = try read(.features)
        evaluateEvery = try read(.evaluateEvery, or: evaluateEvery)
        metric = try read(.metric, or: metric)
        patience = try read(.patience)
        checkpointEvery = try read(.checkpointEvery)
        keep = try read(.keep, or: keep)
    }
}

extension RunSettings {
    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        let counts: [(String, Int?, ClosedRange<Int>)] = [
            ("workers", workers, 1...1024), ("threads", threads, 1...1024), ("accumulate", accumulate, 1...1_000_000),
            ("evaluateEvery", evaluateEvery, 0...1_000_000), ("patience", patience, 1...1_000_000),
            ("checkpointEvery", checkpointEvery, 1...1_000_000_000), ("keep", keep, 1...1_000_000),
        ]
        for case (let name, let value?, let range) in counts where !range.contains(value) {
            throw .badRecipe("run.\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        let shares: [(String, Double?, Range<Double>)] = [
            ("labelSmoothing", labelSmoothing, 0..<1), ("averaging.decay", averaging?.decay, 0..<1),
            ("mixing.mixup", mixing?.mixup, 0..<1000), ("mixing.cutmix", mixing?.cutmix, 0..<1000),
            ("mixing.probability", mixing?.probability, 0..<1.0.nextUp),
            ("mixing.cutmixShare", mixing?.cutmixShare, 0..<1.0.nextUp), ("skipLimit", skipLimit, 0..<1.0.nextUp),
        ]
        for case (let name, let value?, let range) in shares where !range.contains(value) {
            throw .badRecipe("run.\(name) is \(value); it must be at least 0 and below \(range.upperBound)")
        }
        for (name, value) in [("gradientClip", gradientClip), ("layerDecay", layerDecay)] {
            if let value, !(value > 0 && value.isFinite) {
                throw .badRecipe("run.\(name) is \(value); it must be above 0")
            }
        }
        guard deadline > 0, deadline <= 86_400 else {
            throw .badRecipe("run.deadline is \(deadline) seconds; it must be above 0 and at most a day")
        }
        guard features == nil || isFixed else {
            throw .badRecipe(
                "run.features keeps what never changes; --set run.isFixed=true trains without random clips")
        }
        guard features == nil || (mixing == nil && precision == .float32) else {
            throw .badRecipe("run.features cannot be mixed, and is of float32; leave run.mixing and run.precision out")
        }
        switch (task, metric) {
        case (.single, .meanAveragePrecision):
            throw .badRecipe("run.metric map is for clips with several classes; choose another, or run.task=multiple")
        case (.multiple, .meanClass):
            throw .badRecipe("run.metric mean_class is for clips with one class; --set run.metric=map")
        case (.single, .top1), (.single, .meanClass), (.multiple, .top1), (.multiple, .meanAveragePrecision): break
        }
        guard task == .single || labelSmoothing == 0 else {
            throw .badRecipe("run.labelSmoothing spreads the target of one class; leave it out with run.task=multiple")
        }
        for rate in rates where !(rate.factor >= 0 && rate.factor.isFinite) {
            throw .badRecipe("run.rates: the factor of \(rate.prefix) is \(rate.factor); it must be a number from 0")
        }
    }
}
