import ActionModels
import CLIP
import Foundation
import Testing
import Torch
import Video

@testable import Training

@Suite("Steps of the trainer")
@TorchActor
struct StepperTests {
    private static let vision = VisionConfiguration(
        imageSize: 16, patchSize: 8, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2))

    /// An ST-Adapter without dropping.
    private func method(_ classification: ClassificationLoss = .init()) throws -> ClassHeadTraining {
        var configuration = STAdapterConfiguration(
            vision: Self.vision, frames: 2, classes: 3, placement: .beforeMLP)
        (configuration.adapterWidth, configuration.dropout) = (4, 0)
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 3))) { STAdapter($0, configuration) }
        return ClassHeadTraining(.stAdapter(model, STAdapterRecipe()), parameters, classification)
    }

    private func clips(_ count: Int) -> Tensor { Generator(seed: 8).normal([count, 2, 3, 16, 16]) }

    private func batch(_ range: Range<Int>, of total: Int) -> TrainingBatch {
        TrainingBatch(
            .clips(clips(total).slice(0, range)), labels: Tensor((0..<total).map { Int64($0 % 3) }).slice(0, range),
            total: total)
    }

    private func weights(_ method: ClassHeadTraining) -> [[Double]] {
        method.trained.tensors.map { $0.array(of: Double.self) }
    }

    private func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
        zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("parts of any sizes, the last one small, give the whole batch's step")
    func parts() throws {
        let whole = try method(), cut = try method()
        let first = try Stepper(whole), second = try Stepper(cut)
        for _ in 0..<3 {
            let one = try first.step(learningRate: 1e-2, parts: [batch(0..<7, of: 7)])
            let three = try second.step(
                learningRate: 1e-2, parts: [batch(0..<3, of: 7), batch(3..<6, of: 7), batch(6..<7, of: 7)])
            #expect(abs(one.loss - three.loss) < 1e-6 && abs(one.gradientNorm - three.gradientNorm) < 1e-5)
        }
        #expect(distance(weights(whole), weights(cut)) < 1e-5)
    }

    @Test("a clip that is none of the step's changes nothing")
    func padding() throws {
        let alone = try method(), padded = try method()
        let none = TrainingBatch(
            .clips(clips(1)), labels: Tensor([Int64(0)]), total: 4, isPadding: true)
        let one = try Stepper(alone).step(learningRate: 1e-2, parts: [batch(0..<4, of: 4)])
        let two = try Stepper(padded).step(learningRate: 1e-2, parts: [batch(0..<4, of: 4), none])
        #expect(one.loss == two.loss && distance(weights(alone), weights(padded)) == 0)
    }

    @Test("gradients are cut to the largest norm, which is told before")
    func clipping() throws {
        var settings = RunSettings()
        settings.gradientClip = 0.01
        let free = try method(), clipped = try method()
        let report = try Stepper(clipped, settings).step(learningRate: 0, parts: [batch(0..<4, of: 4)])
        let expected = try Stepper(free).step(learningRate: 0, parts: [batch(0..<4, of: 4)])
        #expect(abs(report.gradientNorm - expected.gradientNorm) < 1e-6 && report.gradientNorm > 0.01)
        let squares = clipped.trained.tensors.compactMap(\.gradient).map { ($0 * $0).sum().item(Double.self) }
        #expect(abs(squares.reduce(0, +).squareRoot() - 0.01) < 1e-5)
    }

    @Test("rates by name and by depth scale the recipe's")
    func rates() throws {
        var settings = RunSettings()
        settings.layerDecay = 0.5
        settings.rates = [RunSettings.PartRate(prefix: "fc.", factor: 3), .init(prefix: "transformer.", factor: 0.1)]
        let method = try method(), stepper = try Stepper(method, settings)
        var scales: [String: Double] = [:]
        for group in stepper.optimizer.groups {
            for name in group.parameters.names { scales[name] = group.learningRateScale }
        }
        #expect(Set(scales.keys) == Set(method.trained.names))
        for (name, scale) in scales {
            let expected = name.hasPrefix("fc.") ? 3 : name.contains("resblocks.1.") ? 0.05 : 0.025
            #expect(abs(scale - expected) < 1e-12, "\(name): \(scale)")
        }
        settings.rates = [.init(prefix: "none.", factor: 1)]
        #expect(throws: TrainingError.self) { try Stepper(method, settings) }
    }

    @Test("a loss that is no number ends the run and changes nothing")
    func divergence() throws {
        let method = try method(), before = weights(method)
        let broken = TrainingBatch(.clips(clips(2) * Double.infinity), labels: Tensor([Int64(0), 1]))
        #expect(throws: TrainingError.self) { try Stepper(method).step(learningRate: 1, parts: [broken]) }
        #expect(distance(weights(method), before) == 0)
    }

    @Test(
        "gradients that are no numbers end the run and change nothing",
        arguments: [RunSettings.Precision.float32, .bfloat16])
    func gradients(_ precision: RunSettings.Precision) throws {
        let method = BrokenGradients(try method()), before = weights(method.method)
        var settings = RunSettings()
        settings.precision = precision
        let stepper = try Stepper(method, settings)
        let error = #expect(throws: TrainingError.self) {
            try stepper.step(learningRate: 1, parts: [batch(0..<2, of: 2)])
        }
        #expect(error.map { "\($0)".contains("the norm of its gradients is") } == true)
        #expect(distance(weights(method.method), before) == 0)
    }

    @Test("gradients that overflow at any scale end the run, with the number of steps left out")
    func overflow() throws {
        let method = BrokenGradients(try method()), stepper = try Stepper(method)
        stepper.scaler = LossScaler(scale: 4)
        let step = { try stepper.step(learningRate: 1, parts: [self.batch(0..<2, of: 2)]) }
        #expect(try step().isSkipped)
        #expect(try step().isSkipped)
        let error = #expect(throws: TrainingError.self) { try step() }
        #expect(error.map { "\($0)".contains("3 steps in a row") } == true)
    }

    @Test("label smoothing and several classes a clip, by hand")
    func losses() throws {
        let logits = Tensor([Float(1), 2, 4], shape: [1, 3]), labels = Tensor([Int64(2)])
        let batch = TrainingBatch(.clips(clips(1)), labels: labels)
        let denominator = log(exp(1.0) + exp(2) + exp(4)), own = denominator - 4
        let mean = denominator - 7.0 / 3
        let smooth = ClassificationLoss(.single, labelSmoothing: 0.3)(logits, batch).item(Double.self)
        #expect(abs(smooth - (0.7 * own + 0.3 * mean)) < 1e-5)
        let targets = TrainingBatch(
            .clips(clips(1)), labels: labels, targets: Tensor([Float(1), 0, 1], shape: [1, 3]))
        let several = ClassificationLoss(.multiple)(logits, targets).item(Double.self)
        let byHand = (log(1 + exp(-1.0)) + log(1 + exp(2.0)) + log(1 + exp(-4.0))) / 3
        #expect(abs(several - byHand) < 1e-5)
    }
}

/// A method whose loss is a number and whose gradients are none.
private final class BrokenGradients: TrainingMethod {
    let method: ClassHeadTraining

    init(_ method: ClassHeadTraining) { self.method = method }

    var configuration: ActionModelConfiguration { method.configuration }
    var model: any ActionModel { method.model }
    var parameters: Parameters { method.parameters }
    var trained: TrainedParameters { method.trained }
    var batch: Int { method.batch }
    var length: RunLength { method.length }
    var groups: [ParameterGroup] { method.groups }

    func optimizer(over groups: [ParameterGroup]) -> any Optimizer { method.optimizer(over: groups) }
    func learningRate(at position: RunPosition) -> Double { method.learningRate(at: position) }
    func texts(for labels: [Int], draws: inout [SeededDraws]) -> ClipTexts? { nil }

    func loss(of batch: TrainingBatch, across processes: LossSharing) -> StepLoss {
        // The root of 0 has the slope ∞, and 0 · ∞ is no number.
        StepLoss(share: method.loss(of: batch, across: processes).share + (trained.tensors[0].sum() * 0).sqrt)
    }
}
