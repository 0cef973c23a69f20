internal import ActionModels
internal import CLIP
internal import Torch

/// The speed of ActionCLIP on full-size backbones with random weights: 8 frames, one clip, two threads.
///
/// Source: the page of the threefold distillation, section 6; the TinyCLIP table for the sizes.
public struct FullSizeSpeed: Sendable, Codable, Equatable {
    /// One backbone.
    public struct Row: Sendable, Codable, Equatable {
        /// Its name.
        public let name: String
        /// Parameters of the image and the text tower, token embeddings counted.
        public let backboneParameters: Int
        /// Multiply-accumulate operations of a clip.
        public let clipMACs: Int
        /// From normalised frames to probabilities.
        public let latency: LatencyTimes
    }

    /// The backbones that replace one another.
    public static let replacements = [
        ("ViT-B/16", "TinyCLIP 39M/16"), ("ViT-B/32", "TinyCLIP 40M/32"), ("ViT-B/16", "TinyCLIP 8M/16"),
    ]

    /// The backbones.
    public let rows: [Row]
    /// The number of LibTorch's threads.
    public let threads: Int
    /// How often each was measured.
    public let settings: LatencyProtocol
    /// The machine in words; nil where it was not noted.
    public internal(set) var machine: String?

    /// The number of LibTorch's threads that the page's numbers are of.
    public static let usualThreads = 2

    /// How many times as fast a backbone is as the one that it replaces.
    ///
    /// - Parameters:
    ///   - large: the name of the replaced one.
    ///   - small: the name of the other.
    /// - Returns: the ratio of medians; nil for unknown names.
    public func speedUp(_ large: String, _ small: String) -> Double? {
        let medians = Dictionary(rows.map { ($0.name, $0.latency.median) }, uniquingKeysWith: { first, _ in first })
        guard let from = medians[large], let to = medians[small] else { return nil }
        return from / to
    }
}

extension FullSizeSpeed {
    private static let architectures: [NamedArchitecture] = [
        .vitB16, .vitB32, .tinyCLIP39M16, .tinyCLIP40M32, .tinyCLIP8M16,
    ]

    /// The number of classes that a clip is compared with, HMDB51's.
    private static let classes = 51

    /// Measures all backbones in turn.
    ///
    /// - Parameters:
    ///   - settings: how often; a round takes seconds.
    ///   - threads: the number of LibTorch's threads while measuring.
    ///   - progress: told how many rounds are done, and of how many.
    /// - Returns: the medians.
    /// - Throws: `ParameterError`, `CancellationError`.
    @TorchActor
    public static func measured(
        _ settings: LatencyProtocol, threads: Int = usualThreads, _ progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> FullSizeSpeed {
        let before = TorchRuntime.threads
        TorchRuntime.threads = threads
        defer { TorchRuntime.threads = before }
        let models = try architectures.map { architecture throws(ParameterError) in
            let configuration = configuration(architecture)
            let model = try Parameters.build(.random(Generator(seed: 1))) { ActionCLIP($0, configuration) }.model
            return (configuration, model)
        }
        let generator = Generator(seed: 2), clip = generator.normal([1, 8, 3, 224, 224])
        let labels = LabelFeatures(generator.normal([16 * classes, 512]), labels: classes), clock = ContinuousClock()
        var seconds = [[Double]](repeating: [], count: architectures.count)
        for round in 0..<settings.warmup + settings.runs {
            for (place, (_, model)) in models.enumerated() {
                try Task.checkCancellation()
                let begin = clock.now
                let answer = withoutGradient {
                    model.probabilities(of: .texts(labels), for: model.features(of: clip))
                }
                _ = answer.array(of: Float.self)
                if round >= settings.warmup { seconds[place].append((clock.now - begin) / .seconds(1)) }
            }
            progress(round + 1, settings.warmup + settings.runs)
        }
        let rows = zip(zip(architectures, models), seconds).map { item, seconds in
            Row(item.0.title, item.1.0, LatencyTimes(seconds))
        }
        return FullSizeSpeed(rows: rows, threads: threads, settings: settings)
    }

    private static func configuration(_ architecture: NamedArchitecture) -> ActionCLIPConfiguration {
        let clip = architecture.configuration
        return ActionCLIPConfiguration(
            clip: clip, frames: 8, aggregator: AggregatorConfiguration(.transformer, clip: clip, heads: .featureWidth))
    }
}

extension FullSizeSpeed.Row {
    fileprivate init(_ name: String, _ configuration: ActionCLIPConfiguration, _ latency: LatencyTimes) {
        self.name = name
        self.latency = latency
        backboneParameters = ModelCost(configuration.clip).backboneParameters
        clipMACs = configuration.cost.clipMACs
    }
}

extension ModelCost {
    /// Parameters of the image and the text tower, token embeddings counted.
    var backboneParameters: Int { visionParameters + textParameters + tokenEmbedding }
}
