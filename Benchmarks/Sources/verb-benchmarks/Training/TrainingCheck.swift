import ArgumentParser
import Foundation
import Torch
import Training
import Video

/// What both sides say of one batch with the same weights.
struct TrainingFacts: Codable {
    let parameters: Int
    let trained: Int
    let loss: Double
    let gradientNorm: Double

    /// Whether the other side computes the same, within float32's rounding.
    func agrees(with other: TrainingFacts) -> Bool {
        func isNear(_ a: Double, _ b: Double, _ share: Double) -> Bool { abs(a - b) <= share * abs(a) }
        return parameters == other.parameters && trained == other.trained && isNear(loss, other.loss, 1e-4)
            && isNear(gradientNorm, other.gradientNorm, 1e-3)
    }
}

/// Writes weights and a batch for the peer, and says what the loss is; the benchmark starts it.
struct TrainingCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "training-check", shouldDisplay: false)

    @Argument var item: TrainingCase
    @Option var folder: String
    @Option var vocabulary: String
    @Option var batch: Int
    @Option var threads: Int

    func run() async throws {
        TorchRuntime.threads = threads
        FileHandle.standardOutput.write(try JSONEncoder().encode(try await facts()))
    }

    @TorchActor
    private func facts() throws -> TrainingFacts {
        let generator = Generator(seed: 2)
        let (method, classTokens) = try item.method(TrainingFiles(folder: folder, vocabulary: vocabulary))
        let labels = (0..<batch).map { $0 * 3 }
        var draws = labels.map { SeededDraws(seed: UInt64($0 + 1)) }
        let texts = try method.texts(for: labels, draws: &draws)
        let clips = generator.normal([batch, 8, 3, 224, 224])
        var tensors = ["clips": clips, "labels": Tensor(labels)]
        tensors["tokens"] = texts?.tokens
        tensors["words"] = texts?.words
        tensors["class_tokens"] = classTokens
        try StateFile.write(tensors, to: "\(folder)/batch.safetensors")
        try StateFile.write(
            method.parameters.tensors.mapValues { $0.detached() }, to: "\(folder)/weights.safetensors")
        let part = TrainingBatch(.clips(clips), labels: Tensor(labels), texts: texts, isDropping: false)
        let report = try Stepper(method).step(learningRate: 0, parts: [part])
        return TrainingFacts(
            parameters: method.parameters.count(), trained: method.trained.tensors.reduce(0) { $0 + $1.count },
            loss: report.loss, gradientNorm: report.gradientNorm)
    }
}
