internal import Datasets

/// What a protocol makes of scores: the reports of its parts, and their mean and deviation.
public struct ProtocolResult: Sendable, Codable, Equatable {
    /// One list, draw of classes, half or seed.
    public struct Part: Sendable, Codable, Equatable {
        /// Which: `split 1`, `trial 0`, `base, seed 2`.
        public let name: String
        /// What came out.
        public let report: ClassificationReport
    }

    /// The protocol.
    public let `protocol`: EvaluationProtocol
    /// The parts, in their order.
    public let parts: [Part]
    /// The harmonic mean 2 B N / (B + N) of base and novel accuracy, means over seeds; nil for other protocols.
    public let harmonicMean: Double?
    /// Of few-shot models how many videos a class they were trained on, one number a part; nil for other protocols.
    public let shots: [Int]?

    private init(
        _ protocol: EvaluationProtocol, _ parts: [Part], harmonicMean: Double? = nil, shots: [Int]? = nil
    ) {
        self.protocol = `protocol`
        self.parts = parts
        self.harmonicMean = harmonicMean
        self.shots = shots
    }

    /// Top-1 over the parts; videos that cannot be read are wrong: the figure to quote.
    public var top1: Trials { trials(parts) { $0.top1OverAll } }
    /// Top-1 over the parts among the videos that can be read.
    public var top1OfReadable: Trials { trials(parts) { $0.top1 } }
    /// Top-5 over the parts; videos that cannot be read are wrong.
    public var top5: Trials { trials(parts) { $0.top5OverAll } }

    /// A figure of the parts whose name begins with a word.
    ///
    /// - Parameters:
    ///   - prefix: `base` or `novel`, for example.
    ///   - figure: what to take of a report.
    /// - Returns: the figures, or nil without such parts.
    public func trials(
        named prefix: String, _ figure: (ClassificationReport) -> Double = \.top1OverAll
    ) -> Trials? {
        let chosen = parts.filter { $0.name.hasPrefix(prefix) }
        return chosen.isEmpty ? nil : trials(chosen, figure)
    }

    private func trials(_ parts: [Part], _ figure: (ClassificationReport) -> Double) -> Trials {
        Trials(parts.map { figure($0.report) })
    }
}

extension ProtocolResult {
    /// The validation list of the data set that the model was trained on.
    ///
    /// - Parameters:
    ///   - scores: of all videos against all classes.
    ///   - partners: for each class its time-order partner, or nil; empty for none.
    /// - Returns: one part.
    /// - Throws: `TrainingError.badEvaluation` for scores that do not fit each other, as all protocols do.
    public static func supervised(
        _ scores: ClipScores, partners: [Int?] = []
    ) throws(TrainingError) -> ProtocolResult {
        ProtocolResult(.supervised, [Part(name: "all", report: try ClassificationReport(scores, partners: partners))])
    }

    /// Every video of an unseen data set against all its classes.
    ///
    /// - Parameters:
    ///   - scores: of all videos against all classes.
    ///   - partners: for each class its time-order partner, or nil; empty for none.
    /// - Returns: one part.
    /// - Throws: `TrainingError.badEvaluation`.
    public static func zeroShotFull(
        _ scores: ClipScores, partners: [Int?] = []
    ) throws(TrainingError) -> ProtocolResult {
        ProtocolResult(.zeroShotFull, [Part(name: "all", report: try ClassificationReport(scores, partners: partners))])
    }

    /// The test lists of an unseen data set's splits, each against all of its classes.
    ///
    /// The splits of HMDB51 and UCF101 have the same classes, the three of Kinetics-600 have 160 each.
    ///
    /// - Parameter splits: the scores of the test list of split 1, 2, ….
    /// - Returns: one part a split.
    /// - Throws: `TrainingError.badEvaluation`, also without splits.
    public static func zeroShotSplits(_ splits: [ClipScores]) throws(TrainingError) -> ProtocolResult {
        guard !splits.isEmpty else { throw .badEvaluation("there must be one split at least") }
        var parts: [Part] = []
        for (number, scores) in splits.enumerated() {
            parts.append(Part(name: "split \(number + 1)", report: try ClassificationReport(scores)))
        }
        return ProtocolResult(.zeroShotSplits, parts)
    }

    /// Draws of half of an unseen data set's classes.
    ///
    /// A trial keeps the videos of the classes drawn; those of them that occur in the list compete, in ascending order.
    /// Source: Text4Vis `test_zeroshot.py`.
    ///
    /// - Parameters:
    ///   - scores: of all videos against all classes.
    ///   - trials: the positions of the classes drawn, one list a trial.
    /// - Returns: one part a trial; the figure to quote is the mean with the population deviation.
    /// - Throws: `TrainingError.badEvaluation`, also for a trial of classes without videos.
    public static func zeroShotHalf(_ scores: ClipScores, trials: [[Int]]) throws(TrainingError) -> ProtocolResult {
        guard !trials.isEmpty else { throw .badEvaluation("there are no draws of classes") }
        let occurring = Set(scores.labels.joined()).union(scores.unreadable.flatMap(\.labels))
        var parts: [Part] = []
        for (number, drawn) in trials.enumerated() {
            guard Set(drawn).count == drawn.count, drawn.allSatisfy(scores.classes.indices.contains) else {
                throw .badEvaluation("trial \(number): \(drawn) are no different classes of \(scores.classes.count)")
            }
            let part = try scores.restricted(to: drawn.filter(occurring.contains))
            parts.append(Part(name: "trial \(number)", report: try ClassificationReport(part)))
        }
        return ProtocolResult(.zeroShotHalf, parts)
    }

    /// Models that were trained on a few videos a class.
    ///
    /// - Parameter runs: for each model how many videos a class it saw, which draw of them, and its scores on the test
    ///   list.
    /// - Returns: one part a model.
    /// - Throws: `TrainingError.badEvaluation`, also without models.
    public static func fewShot(
        _ runs: [(shots: Int, draw: String, scores: ClipScores)]
    ) throws(TrainingError) -> ProtocolResult {
        guard !runs.isEmpty, runs.allSatisfy({ $0.shots > 0 }) else {
            throw .badEvaluation(
                "few-shot models need at least one video a class, and there must be one model at least")
        }
        var parts: [Part] = []
        for run in runs {
            parts.append(
                Part(name: "\(run.shots) shots, \(run.draw)", report: try ClassificationReport(run.scores)))
        }
        return ProtocolResult(.fewShot, parts, shots: runs.map(\.shots))
    }

    /// Models that were trained on base classes, one a seed: base and novel videos, each among their own classes only.
    ///
    /// - Parameters:
    ///   - seeds: for each model its scores of base and novel videos against all classes.
    ///   - base: the positions of the base classes.
    ///   - novel: the positions of the novel classes; none of them is a base class.
    /// - Returns: two parts a seed, and the harmonic mean of the means over seeds.
    /// - Throws: `TrainingError.badEvaluation`.
    public static func baseToNovel(
        _ seeds: [ClipScores], base: [Int], novel: [Int]
    ) throws(TrainingError) -> ProtocolResult {
        guard !seeds.isEmpty else { throw .badEvaluation("there are no models") }
        guard Set(base).isDisjoint(with: novel) else {
            throw .badEvaluation("classes \(Set(base).intersection(novel).sorted()) are both base and novel")
        }
        var parts: [Part] = []
        for (name, classes) in [("base", base), ("novel", novel)] {
            for (seed, scores) in seeds.enumerated() {
                let report = try ClassificationReport(scores.restricted(to: classes))
                parts.append(Part(name: "\(name), seed \(seed + 1)", report: report))
            }
        }
        let b = Trials(parts.prefix(seeds.count).map(\.report.top1OverAll)).mean
        let n = Trials(parts.suffix(seeds.count).map(\.report.top1OverAll)).mean
        return ProtocolResult(.baseToNovel, parts, harmonicMean: BaseToNovel.harmonicMean(base: b, novel: n))
    }
}
