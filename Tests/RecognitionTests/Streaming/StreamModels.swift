import ActionModels
import CLIP
import Foundation
import Recognition
import Torch
import Video

/// Small video models of every kind, all of whose parameters are random, also those that start at zero.
enum StreamModels {
    static let classNames = ["waving", "bowing", "jumping"]

    static let clip: CLIPConfiguration = {
        var configuration = TestModel.configuration
        configuration.vision.blocks = TransformerConfiguration(width: 64, layers: 2, heads: 1)
        configuration.text.blocks = TransformerConfiguration(width: 64, layers: 2, heads: 1)
        configuration.embedDim = 64
        return configuration
    }()

    /// Models whose windows share their frames, all for clips of 4 frames or any number.
    static let exact: [ActionModelConfiguration] = {
        var evl = EVLConfiguration(vision: clip.vision, frames: 4, classes: 3)
        evl.decoderLayers = 2
        let aggregated = AggregatorConfiguration.Kind.allCases.map { kind in
            ActionModelConfiguration.actionCLIP(
                ActionCLIPConfiguration(clip: clip, frames: 4, aggregator: AggregatorConfiguration(kind, clip: clip)))
        }
        let others: [ActionModelConfiguration] = [
            .clip(clip), .linearProbe(LinearProbeConfiguration(clip: clip, frames: 4, classes: 3)), .evl(evl),
        ]
        return aggregated + others + twoHeaded
    }()

    /// Students with two heads: a token in the temporal transformer, in the image tower, none; both ways to one answer.
    static let twoHeaded: [ActionModelConfiguration] = {
        var (spatial, last) = (TokenView(), TokenView())
        (spatial.level, spatial.projection) = (.spatial, .separate)
        last.readout = .last
        return [TokenView(), spatial, last].map { token in
            var student = ActionCLIPConfiguration(
                clip: clip, frames: 4, aggregator: AggregatorConfiguration(.transformer, clip: clip))
            if case .transformer(var sizes) = student.aggregator {
                sizes.token = token
                student.aggregator = .transformer(sizes)
            }
            return .actionCLIP(student)
        }
    }()

    /// Models whose frames see each other in the tower.
    static let mixed: [ActionModelConfiguration] = {
        let shift = ActionCLIPConfiguration(
            clip: clip, frames: 4, aggregator: AggregatorConfiguration(.transformer, clip: clip), temporal: .shift)
        let joint = ActionCLIPConfiguration(
            clip: clip, frames: 4, aggregator: AggregatorConfiguration(.mean, clip: clip), temporal: .joint)
        return cached + [.actionCLIP(shift), .actionCLIP(joint)]
    }()

    /// Those of them that have a causal cache.
    static let cached: [ActionModelConfiguration] = {
        var adapter = STAdapterConfiguration(vision: clip.vision, frames: 4, classes: 3, placement: .beforeMLP)
        adapter.adapterWidth = 8
        let m2 = M2CLIPConfiguration(clip: clip, frames: 4, classes: 3, labelWords: 5)
        return [.stAdapter(adapter), .m2CLIP(m2)]
    }()

    static func load(_ configuration: ActionModelConfiguration) async throws -> RecognitionModel {
        try await TestModel.inFolder { folder in
            let path = folder + "/model"
            try await TorchThread.run { try write(configuration, to: path) }
            return try await ModelLibrary(environment: [:]).load(.path(path))
        }
    }

    static func session(_ configuration: ActionModelConfiguration) async throws -> Session {
        try await Session(load(configuration), labels: LabelSet(classNames))
    }

    private static func write(_ configuration: ActionModelConfiguration, to path: String) throws {
        let generator = Generator(seed: 3)
        let parameters = try Parameters.build(.random(generator)) { configuration.model($0) }.parameters
        let drawn = parameters.names.map { name in
            let tensor = parameters[name] ?? .zeros([])
            return (name, tensor + generator.normal(tensor.shape) * 0.05)
        }
        let contents = ActionModelDirectory.Contents(
            configuration: configuration, preprocessing: configuration.referencePreprocessing,
            classNames: configuration.classes.map { Array(classNames.prefix($0)) },
            vocabulary: configuration.text == nil ? nil : TestModel.vocabulary)
        try ActionModelDirectory.write(contents, tensors: Dictionary(uniqueKeysWithValues: drawn), to: path)
    }
}

/// Frames of a stream that are there at once.
struct GivenFrames: AsyncSequence, Sendable {
    typealias Element = ArrivedFrame
    typealias Failure = VideoError

    let frames: [ArrivedFrame]
    /// What the stream ends with.
    var failure: VideoError?

    init(_ frames: [ArrivedFrame], failure: VideoError? = nil) { (self.frames, self.failure) = (frames, failure) }

    /// Pictures that differ, at these times.
    init(times: [Double]) {
        self.init(
            times.enumerated().map { ArrivedFrame(TestModel.picture($0.offset, time: $0.element), arrival: .now) })
    }

    func makeAsyncIterator() -> Iterator { Iterator(frames: frames[...], failure: failure) }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = ArrivedFrame
        typealias Failure = VideoError

        var frames: ArraySlice<ArrivedFrame>
        let failure: VideoError?

        mutating func next() async throws(VideoError) -> ArrivedFrame? {
            if let frame = frames.popFirst() { return frame }
            if let failure { throw failure }
            return nil
        }
    }
}

extension StreamRecognizer {
    /// All events of a stream.
    func all(_ frames: GivenFrames) async throws -> [StreamEvent] {
        var all: [StreamEvent] = []
        for try await event in events(of: frames) { all.append(event) }
        return all
    }

    /// All decisions of a stream.
    func decisions(_ frames: GivenFrames) async throws -> [StreamDecision] {
        try await all(frames).compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
    }
}
