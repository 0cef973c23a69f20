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

    private var configuration: ActionModelConfiguration {
        let clip = CLIPConfiguration.vitB16
        switch self {
        case .actionCLIP: return .actionCLIP(ActionCLIPConfiguration(clip: clip))
        case .m2CLIP: return .m2CLIP(M2CLIPConfiguration(clip: clip, classes: 400, labelWords: 520))
        case .stAdapter:
            return .stAdapter(
                STAdapterConfiguration(vision: clip.vision, frames: 8, classes: 400, placement: .beforeMLP))
        case .evl, .evlFrozenStep, .evlCachedStep: return .evl(EVLConfiguration(vision: clip.vision))
        case .evlLarge: return .evl(EVLConfiguration(vision: CLIPConfiguration.vitL14.vision))
        case .endToEndStep:
            var configuration = EVLConfiguration(vision: clip.vision)
            configuration.backbone = .fineTuned
            return .evl(configuration)
        }
    }

    /// Multiply-accumulate operations of one clip's forward pass.
    var clipMACs: Int { configuration.cost().clipMACs }

    /// Builds the model with random weights and measures it; belongs on the LibTorch thread.
    func measure(batch: Int, warmup: Int, steps: Int) throws -> Measurement {
        let generator = Generator(seed: 1)
        let side = configuration.vision.imageSize
        let clips = generator.normal([batch, 8, 3, side, side])
        guard case .evl(let sizes) = configuration, Self.steps.contains(self) else {
            let model = try Parameters.build(.random(generator)) { configuration.model($0) }.model
            return verb_benchmarks.measure(warmup: warmup, steps: steps) {
                withoutGradient { _ = model.features(of: clips).classLogits?.sum().item(Float.self) }
            }
        }
        let (model, parameters) = try Parameters.build(.random(generator)) { EVL($0, sizes) }
        let trained = parameters.train(sizes.isTrained)
        let recipe = EVLRecipe()
        let optimizer = recipe.optimizer(trained)
        let labels = Tensor((0..<batch).map { $0 % sizes.classes })
        let cached = self == .evlCachedStep ? model.backboneFeatures(of: clips, dtype: .float16) : nil
        return verb_benchmarks.measure(warmup: warmup, steps: steps) {
            trained.clearGradients()
            let features = cached?.to(dtype: .float32) ?? model.backboneFeatures(of: clips)
            model.head(features, training: true).crossEntropy(labels).backward()
            optimizer.step(learningRate: recipe.learningRate)
        }
    }
}
