import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Recognition
import Torch
import Video

/// The seconds of each run by the number of pictures, and the mean cosine of features with the reference's.
struct EncodingAnswer: Codable {
    let seconds: [String: [Double]]
    let cosine: Double
}

/// The seconds of each decision, and the largest difference of a probability from the reference's.
struct DenseAnswer: Codable {
    let seconds: [Double]
    let difference: Double
}

/// Seconds that the stages of a whole file took, waiting for decoded frames among them: the pass in the middle of three.
struct FileAnswer: Codable {
    let media: Double
    let wall: Double
    let stages: Timings
    let decisions: Int
    let peakBytes: Int
}

/// Measures one thing in this process; the benchmark starts it.
struct RealtimeProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "realtime-probe", shouldDisplay: false)

    enum Work: String, ExpressibleByArgument { case encode, dense, file, streams }

    @Argument var work: Work
    @Argument var architecture: NamedArchitecture
    @Option var precision: Precision
    @Option var folder: String
    @Option var threads: Int
    @Option var warmup: Int
    @Option var runs: Int
    @Option(parsing: .upToNextOption) var batches: [Int] = [1, 8]

    private var video: String { RealtimeFiles(folder: folder).video }

    func run() async throws {
        TorchRuntime.threads = threads
        let answer: any Encodable =
            switch work {
            case .encode: try await encoding()
            case .dense: try await dense()
            case .file: try await file()
            case .streams: try await streams()
            }
        FileHandle.standardOutput.write(try JSONEncoder().encode(answer))
    }

    @TorchActor
    private func encoding() throws -> EncodingAnswer {
        let model = try RealtimeModel(architecture, video: video), engine = try model.engine(precision)
        var seconds: [String: [Double]] = [:]
        for batch in batches {
            let pictures = model.pictures.slice(0, 0..<batch).contiguous()
            seconds["\(batch)"] = measure(warmup: warmup, steps: runs) { _ = engine(pictures) }.seconds
        }
        let report = engine.compared(with: model.tower, model.preprocessing, on: model.pictures)
        return EncodingAnswer(seconds: seconds, cosine: report.cosine)
    }

    /// One decision with every frame, over the last eight; each frame is encoded once.
    @TorchActor
    private func dense() throws -> DenseAnswer {
        let model = try RealtimeModel(architecture, video: video), engine = try model.engine(precision)
        guard let frameWise = FrameWiseActionCLIP(model.model) else { fatalError("the tower mixes frames") }
        let labels = ActionLabels.texts(LabelFeatures(model.labelFeatures, labels: RealtimeModel.labels))
        let frames = (0..<12).map { model.pictures.slice(0, $0..<$0 + 1).contiguous() }
        var (window, place, found) = ([Tensor](), 0, [Tensor]())
        func decide() {
            window = window.suffix(7) + [engine(frames[place % 12])]
            place += 1
            guard window.count == 8 else { return }
            let answer = withoutGradient {
                model.model.probabilities(
                    of: labels, for: frameWise.features(ofFrames: Tensor.concatenated(window).unsqueezed(0)))
            }
            _ = answer.array(of: Float.self)
            if place <= 12 { found.append(answer) }
        }
        for _ in 0..<12 { decide() }
        let seconds = measure(warmup: warmup, steps: runs) { decide() }.seconds
        let difference = (Tensor.concatenated(found) - model.probabilities()).abs.max().item(Double.self)
        return DenseAnswer(seconds: seconds, difference: difference)
    }

    /// A session on a two-headed student of the architecture, calibrated with the video.
    private func session() async throws -> Session {
        let (architecture, precision) = (architecture, precision)
        let model = try await TorchThread.run { () throws(RecognitionError) in
            try RecognitionModel(random: architecture)
        }
        let frames = try await ClipReader(model.preprocessing, frames: 16).read(video).frames
        var engine = EngineSettings(precision, calibration: precision == .fp32 ? [] : frames)
        // With random weights the best label is hardly better than the next.
        engine.tolerance.labelAgreement = 0
        let labels = try LabelSet((1...RealtimeModel.labels).map { "action \($0)" })
        return try await Session(model, labels: labels, engine: engine)
    }

    /// Eight frames a second of the whole file, a decision with each.
    private func file() async throws -> FileAnswer {
        let session = try await session(), settings = try TimelineSettings(every: 0.125, window: 1, frames: 8)
        let media = Double(RealtimeFiles.frames) / Double(RealtimeFiles.rate)
        var passes: [FileAnswer] = []
        for _ in 0...3 {
            var (stages, decisions) = (Timings(), 0)
            let begin = ContinuousClock.now
            for try await window in try session.scan(video, settings) {
                stages += window.timings
                decisions += 1
            }
            let wall = (ContinuousClock.now - begin) / .seconds(1)
            passes.append(
                FileAnswer(
                    media: media, wall: wall, stages: stages, decisions: decisions, peakBytes: Memory.peakBytes))
        }
        return passes.dropFirst().sorted { $0.wall < $1.wall }[1]
    }

    private func streams() async throws -> StreamCapacity {
        try await session().streamCapacity(rate: 8, threads: threads)
    }
}
