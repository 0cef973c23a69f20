import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Torch
import Training
import Video

/// A method whose training step is measured: its bundled preset on ViT-B/16 with 8 frames.
enum TrainingCase: String, CaseIterable, ExpressibleByArgument {
    case actionCLIP = "actionclip"
    case m2CLIP = "m2clip"
    case evl
    case stAdapter = "st-adapter"

    /// What the case trains, in words.
    var title: String {
        switch self {
        case .actionCLIP: "ActionCLIP, everything trained"
        case .m2CLIP: "M2-CLIP, adapters"
        case .evl: "EVL, frozen tower"
        case .stAdapter: "ST-Adapter, adapters"
        }
    }

    /// The name of the preset.
    var preset: String {
        switch self {
        case .actionCLIP: "actionclip-b16-k400-8f"
        case .m2CLIP: "m2clip-b16-12x384-k400"
        case .evl: "evl-b16-k400-8f"
        case .stAdapter: "st-adapter-b16-12x384-k400"
        }
    }

    /// Sizes and work, as the method's equations count them.
    func cost() throws -> ActionModelCost { try Preset.named(preset).model.configuration.cost() }

    /// The method with random weights, also where a new model would begin with zeros.
    @TorchActor
    func method(_ files: TrainingFiles) throws -> (method: any TrainingMethod, classTokens: Tensor?) {
        switch try Preset.named(preset).model {
        case .actionCLIP(let sizes, let recipe):
            let (model, parameters) = try build { ActionCLIP($0, sizes) }
            let tokenizer = try files.tokenizer()
            return (
                ActionCLIPTraining(
                    model, parameters, recipe ?? ActionCLIPRecipe(), classes: TrainingFiles.classes,
                    tokenizer: tokenizer),
                nil
            )
        case .m2CLIP(var sizes, let recipe):
            sizes.labelWords = TrainingFiles.labelWords
            let (model, parameters) = try build { M2CLIP($0, sizes) }
            let recipe = recipe ?? M2CLIPRecipe(), vocabulary = LabelVocabulary(classes: TrainingFiles.classes)
            let masking = try recipe.labelMasking(for: sizes, try files.tokenizer(), vocabulary)
            let texts = try M2CLIPTraining.Texts(classes: TrainingFiles.classes, masking: masking)
            return (M2CLIPTraining(model, parameters, recipe, texts), texts.classTokens)
        case .evl(let sizes, let recipe):
            let (model, parameters) = try build { EVL($0, sizes) }
            return (ClassHeadTraining(.evl(model, recipe ?? EVLRecipe()), parameters), nil)
        case .stAdapter(let sizes, let recipe):
            let (model, parameters) = try build { STAdapter($0, sizes) }
            return (ClassHeadTraining(.stAdapter(model, recipe ?? STAdapterRecipe()), parameters), nil)
        case .linearProbe, .distillation: fatalError("TrainingCase: no case is a linear probe or a student")
        }
    }

    /// A model whose every parameter is moved away from its first value.
    @TorchActor
    private func build<Model>(_ body: (Scope) -> Model) throws(ParameterError) -> (Model, Parameters) {
        let generator = Generator(seed: 1)
        let first = try Parameters.build(.random(generator), body).parameters.tensors
        var moved: [String: Tensor] = [:]
        for (name, tensor) in first.sorted(by: { $0.key < $1.key }) {
            moved[name] = tensor + generator.normal(tensor.shape) * 0.01
        }
        let built = try Parameters.build(.checkpoint(moved), body)
        return (built.model, built.parameters)
    }
}
