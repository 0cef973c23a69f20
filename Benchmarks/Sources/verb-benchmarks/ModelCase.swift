import ActionModels
import ArgumentParser
import CLIP
import Torch
import Training

/// What is measured: one model of full size and what is done with it.
enum ModelCase: String, CaseIterable, ExpressibleByArgument {
    case actionCLIP = "actionclip-b16"
    case m2CLIP = "m2clip-b16"
    case stAdapter = "st-adapter-b16"
    case evl = "evl-b16"
    case evlLarge = "evl-l14"
    case evlFrozenStep = "evl-b16-frozen-step"
    case evlCachedStep = "evl-b16-cached-step"
    case endToEndStep = "evl-b16-end-to-end-step"

    /// Forward passes of one clip.
    static let forward: [ModelCase] = [.actionCLIP, .m2CLIP, .stAdapter, .evl, .evlLarge]
    /// Training steps of the same decoder on the same tower; the first is what the others are compared with.
    static let steps: [ModelCase] = [.endToEndStep, .evlFrozenStep, .evlCachedStep]

    /// What the case does, in words.
    var title: String {
        switch self {
        case .actionCLIP: "ActionCLIP ViT-B/16, Transf"
        case .m2CLIP: "M2-CLIP ViT-B/16, 12 TED-Adapters"
        case .stAdapter: "ST-Adapter ViT-B/16, 12 adapters"
        case .evl: "EVL ViT-B/16, 4 layers"
        case .evlLarge: "EVL ViT-L/14, 4 layers"
        case .evlFrozenStep: "EVL, frozen tower"
        case .evlCachedStep: "EVL, features computed before"
        case .endToEndStep: "the same decoder and tower, all trained"
        }
    }

    /// The bundled preset of the model.
    private var preset: String {
        switch self {
        case .actionCLIP: "actionclip-b16-k400-8f"
        case .m2CLIP: "m2clip-b16-12x384-k400"
        case .stAdapter: "st-adapter-b16-12x384-k400"
        case .evl, .evlFrozenStep, .evlCachedStep, .endToEndStep: "evl-b16-k400-8f"
        case .evlLarge: "evl-l14-k400-8f"
        }
    }

    private func configuration() throws -> ActionModelConfiguration {
        let found = try Preset.named(preset).model.configuration
        guard self == .endToEndStep, case .evl(var configuration) = found else { return found }
        configuration.backbone = .fineTuned
        return .evl(configuration)
    }

    /// Multiply-accumulate operations of one clip's forward pass.
    func clipMACs() throws -> Int { try configuration().cost().clipMACs }

    /// Builds the model with random weights and measures it; belongs on the LibTorch thread.
    func measure(batch: Int, warmup: Int, steps: Int) throws -> Measurement {
        let configuration = try configuration(), generator = Generator(seed: 1)
        guard case .evl(let sizes) = configuration, Self.steps.contains(self) else {
            let clips = generator.normal([batch, 8, 3, configuration.vision.imageSize, configuration.vision.imageSize])
            let model = try Parameters.build(.random(generator)) { configuration.model($0) }.model
            return verb_benchmarks.measure(warmup: warmup, steps: steps) {
                withoutGradient {
                    let features = model.features(of: clips)
                    _ = (features.embedding ?? features.classLogits)?.sum().item(Float.self)
                }
            }
        }
        return self == .evlCachedStep
            ? try measureCached(sizes, batch: batch, warmup: warmup, steps: steps)
            : try measureStep(sizes, batch: batch, warmup: warmup, steps: steps)
    }

    private func measureStep(
        _ sizes: EVLConfiguration, batch: Int, warmup: Int, steps: Int
    ) throws -> Measurement {
        let generator = Generator(seed: 1)
        let clips = generator.normal([batch, sizes.frames, 3, sizes.vision.imageSize, sizes.vision.imageSize])
        let (model, parameters) = try Parameters.build(.random(generator)) { EVL($0, sizes) }
        let step = TrainingStep(parameters.train(sizes.isTrained), classes: sizes.classes, batch: batch)
        return verb_benchmarks.measure(warmup: warmup, steps: steps) {
            step.run { model(clips, training: true) }
        }
    }

    /// The tower is not even built: its features came from a file, in half precision.
    private func measureCached(
        _ sizes: EVLConfiguration, batch: Int, warmup: Int, steps: Int
    ) throws -> Measurement {
        let generator = Generator(seed: 1)
        let (t, l, c) = (sizes.frames, sizes.vision.tokens, sizes.vision.blocks.width), p = l - 1
        func maps() -> Tensor { generator.uniform([batch, t - 1, p, p]).softmax(-1) }
        let layers = (0..<sizes.decoderLayers).map { _ in
            EVLFeatures.Layer(
                stream: generator.normal([batch, t, l, c]),
                attention: .maps(NeighbourMaps(previous: maps(), next: maps())))
        }
        let features = EVLFeatures(layers).to(dtype: .float16)
        let (head, parameters) = try Parameters.build(.random(generator)) { EVLHead($0, sizes) }
        let step = TrainingStep(parameters.train { _ in true }, classes: sizes.classes, batch: batch)
        return verb_benchmarks.measure(warmup: warmup, steps: steps) {
            step.run { head(features.to(dtype: .float32), training: true) }
        }
    }
}

/// One step of EVL's recipe: cross entropy, gradients, AdamW.
private struct TrainingStep {
    private let trained: TrainedParameters
    private let optimizer: AdamW
    private let recipe = EVLRecipe()
    private let labels: Tensor

    init(_ trained: TrainedParameters, classes: Int, batch: Int) {
        self.trained = trained
        optimizer = recipe.optimizer(trained)
        labels = Tensor((0..<batch).map { $0 % classes })
    }

    func run(_ logits: () -> Tensor) {
        trained.clearGradients()
        logits().crossEntropy(labels).backward()
        optimizer.step(learningRate: recipe.learningRate)
    }
}
