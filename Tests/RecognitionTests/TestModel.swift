import CLIP
import Foundation
import Recognition
import Torch
import Video

/// A CLIP with random weights that is built in a moment, and what tests read with it.
enum TestModel {
    static let texts = ["a video of a person waving", "a clip of someone bowing", "a person jumping on the spot"]
    static let vocabulary = TokenizerTrainer(mergeLimit: 30).vocabulary(from: [texts[0]: 3, texts[1]: 2, texts[2]: 2])
    static let configuration = CLIPConfiguration(
        embedDim: 16,
        vision: VisionConfiguration(
            imageSize: 16, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
        text: TextConfiguration(
            contextLength: 40, vocabularySize: vocabulary.count,
            blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
        activation: .quickGELU)

    /// Runs a body with the path of a new folder that is removed afterwards.
    static func inFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-recognition-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    /// Writes a model directory and returns its path.
    static func write(
        to path: String, vocabulary: BytePairVocabulary? = vocabulary,
        configuration: CLIPConfiguration = TestModel.configuration
    ) async throws -> String {
        try await TorchThread.run {
            let parameters = try Parameters.build(.random(Generator(seed: 3))) { CLIPModel($0, configuration) }
                .parameters
            try ModelDirectory.write(
                to: path, configuration: configuration,
                preprocessing: Preprocessing(imageSize: configuration.vision.imageSize), tensors: parameters.tensors,
                vocabulary: vocabulary)
        }
        return path
    }

    /// A model that was written and read again.
    static func load() async throws -> RecognitionModel {
        try await inFolder { folder in
            try await ModelLibrary(environment: [:]).load(.path(write(to: folder + "/model")))
        }
    }

    static func session(_ labels: [String] = ["waving", "bowing", "jumping"]) async throws -> Session {
        try await Session(load(), labels: LabelSet(labels))
    }

    /// A picture whose content depends on a number.
    static func picture(_ number: Int, side: Int = 32, time: Double = 0) -> Frame {
        var draws = SeededDraws(seed: UInt64(number))
        let colours = (0..<16).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
        let pixels = (0..<side * side * 3).map { colours[($0 / 3 % side / 8 + $0 / 3 / side / 8 * 4 + $0 % 3) % 16] }
        return Frame(width: side, height: side, pixels: pixels, time: time)
    }

    /// Writes a video with a frame at each of the times and returns its path.
    static func video(in folder: String, name: String = "v.mp4", times: [Double]) throws -> String {
        var options = VideoWriter.Options()
        options.timing = .frameTimes
        let path = "\(folder)/\(name)"
        let writer = try VideoWriter(path: path, width: 32, height: 32, rate: (25, 1), options: options)
        for (number, time) in times.enumerated() { try writer.append(picture(number, time: time)) }
        try writer.finish()
        return path
    }

    /// Frames at 25 a second.
    static func video(in folder: String, name: String = "v.mp4", frames: Int) throws -> String {
        try video(in: folder, name: name, times: (0..<frames).map { Double($0) / 25 })
    }
}

/// What a throwing body says.
func message(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "nothing was thrown"
    } catch {
        return "\(error)"
    }
}
