import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Training
import Video

@Suite("The bundled presets", .serialized)
struct BundledPresetTests {
    /// What the methods' papers and code say of a released configuration; all parameters and the work where stated.
    struct Published: Sendable, CustomTestStringConvertible {
        let name: String
        let trained: Int
        let parameters: Int?
        let work: Double?

        init(_ name: String, trained: Int, parameters: Int? = nil, work: Double? = nil) {
            (self.name, self.trained, self.parameters, self.work) = (name, trained, parameters, work)
        }

        var testDescription: String { name }
    }

    private static let clip32 = 151_277_313, clip16 = 149_620_737, transf = 18_953_728

    static let published = [
        Published("actionclip-b32-k400-8f", trained: clip32 + transf, parameters: clip32 + transf, work: 35.42),
        Published("actionclip-b16-k400-8f", trained: clip16 + transf, parameters: clip16 + transf, work: 140.66),
        Published("actionclip-b16-k400-16f", trained: clip16 + transf, parameters: clip16 + transf, work: 281.32),
        Published("actionclip-b16-k400-32f", trained: clip16 + transf, parameters: clip16 + transf, work: 562.64),
        Published("actionclip-b16-hmdb51-8f", trained: clip16 + transf, parameters: clip16 + transf, work: 140.66),
        Published("actionclip-b16-ucf101-8f", trained: clip16 + transf, parameters: clip16 + transf, work: 140.66),
        Published("actionclip-b32-k400-8f-tsm", trained: clip32, parameters: clip32, work: 8 * 4.409),
        Published("actionclip-b32-k400-8f-joint", trained: clip32 + 8 * 768, parameters: clip32 + 8 * 768, work: 37.2),
        Published("clip-b32-zero-shot-8f", trained: clip32, parameters: clip32, work: 8 * 4.409),
        Published("m2clip-b16-12x384-k400", trained: 16_138_136, parameters: 168_911_257, work: 162.9),
        Published("m2clip-b16-12x384-ssv2", trained: 15_817_624, work: 162.9),
        Published("m2clip-b16-24x384-k400", trained: 39_844_760, parameters: 192_617_881, work: 185.2),
        Published("m2clip-b16-24x384-ssv2", trained: 39_524_248, work: 185.2),
        Published("m2clip-b32-12x384-k400", trained: 15_744_024, parameters: 170_173_721),
        Published("m2clip-b32-24x384-k400", trained: 34_721_304, parameters: 189_151_001),
        Published("evl-b16-k400-8f", trained: 33_183_376, work: 151.3),
        Published("evl-b16-k400-16f", trained: 33_183_376 + 4 * 8 * 768, work: 303.0),
        Published("evl-b16-k400-32f", trained: 33_183_376 + 4 * 24 * 768, work: 606.5),
        Published("evl-l14-k400-8f", trained: 58_727_824, work: 672.9),
        Published("evl-l14-k400-16f", trained: 58_727_824 + 4 * 8 * 1024, work: 1346.9),
        Published("evl-l14-k400-32f", trained: 58_727_824 + 4 * 24 * 1024, work: 2694.9),
        Published("evl-l14-336-k400-32f", trained: 68_951_440 + 4 * 24 * 1024, work: 6434.5),
        Published("st-adapter-b16-12x384-k400", trained: 7_417_744, work: 151.6),
        Published("st-adapter-b16-24x384-ssv2", trained: 14_354_094, work: 162.7),
        Published("st-adapter-l14-24x384-k400", trained: 24 * 789_376 + 400 * 1025, work: 686.8),
    ]

    @Test("every file is in the table, and every line of it has its file")
    func complete() throws {
        #expect(Set(try Preset.names()) == Set(Self.published.map(\.name)))
        let all = try Preset.all()
        #expect(all.map(\.name) == (try Preset.names()))
        #expect(Set(all.map(\.title)).count == all.count)
        #expect(
            Set(all.map(\.model.configuration.kind))
                == Set(ActionModelKind.allCases).subtracting([.clip, .linearProbe]))
    }

    @Test("the published numbers, from the configuration alone", arguments: published)
    func costs(_ published: Published) throws {
        let cost = try Preset.named(published.name).model.configuration.cost()
        #expect(cost.trained == published.trained)
        if let parameters = published.parameters { #expect(cost.parameters == parameters) }
        if let work = published.work { #expect(abs(Double(cost.clipMACs) / 1e9 / work - 1) < 0.01) }
    }

    @Test("the cost counts what the model declares at full size", arguments: published)
    func declared(_ published: Published) throws {
        let model = try Preset.named(published.name).model.configuration, cost = model.cost()
        let (built, parameters) = try Parameters.build(.outline) { model.model($0) }
        #expect(parameters.count() == cost.parameters)
        #expect(parameters.count(where: model.isTrained) == cost.trained)
        #expect(built.frames == model.frames || built.frames == nil)
        #expect(built.vision == model.vision)
    }

    @Test("released scripts have a recipe and clips, other configurations say that they have none")
    func recipes() throws {
        let without = try Preset.all().filter { !$0.model.hasRecipe }.map(\.name)
        #expect(
            without == [
                "clip-b32-zero-shot-8f", "evl-l14-336-k400-32f", "m2clip-b16-12x384-ssv2", "m2clip-b16-24x384-k400",
                "m2clip-b32-12x384-k400", "m2clip-b32-24x384-k400", "st-adapter-l14-24x384-k400",
            ])
        for preset in try Preset.all() where preset.model.hasRecipe {
            let data = try #require(preset.data, "\(preset.name)")
            #expect(data.training != nil, "\(preset.name)")
            let frames = try #require(preset.model.configuration.frames)
            let rule = data.evaluation.sampling.rule(frames: frames, views: data.evaluation.temporalViews)
            #expect(try rule.evaluationIndices(of: 300).count == data.evaluation.temporalViews, "\(preset.name)")
            #expect(rule.frameCount == frames, "\(preset.name)")
        }
    }

    @Test("recipes are the released scripts'")
    func released() throws {
        guard case .m2CLIP(let m2clip, let kinetics) = try Preset.named("m2clip-b16-12x384-k400").model,
            case .m2CLIP(let both, let something) = try Preset.named("m2clip-b16-24x384-ssv2").model,
            case .stAdapter(_, let adapters) = try Preset.named("st-adapter-b16-12x384-k400").model,
            case .stAdapter(_, let twice) = try Preset.named("st-adapter-b16-24x384-ssv2").model,
            case .actionCLIP(let transf, let actionCLIP) = try Preset.named("actionclip-b32-k400-8f").model,
            case .actionCLIP(let mean, nil) = try Preset.named("clip-b32-zero-shot-8f").model,
            case .evl(let evl, let frozen) = try Preset.named("evl-l14-k400-16f").model
        else {
            Issue.record("a preset of another method")
            return
        }
        #expect(kinetics.map(rounded) == rounded(.kinetics) && something.map(rounded) == rounded(.somethingSomething))
        #expect(m2clip == .vitB16Adapter12(classes: 400, labelWords: 520))
        #expect(both == .vitB16Adapter24(classes: 174, labelWords: 234))
        #expect(adapters == .kinetics && twice == .somethingSomething)
        #expect(transf == ActionCLIPConfiguration(clip: .vitB32) && actionCLIP == ActionCLIPRecipe())
        #expect(mean.aggregator == .mean && mean.clip == .vitB32)
        #expect(evl == EVLConfiguration(vision: CLIPConfiguration.vitL14.vision, frames: 16))
        var two = EVLRecipe()
        two.batchSplit = 2
        #expect(frozen == two)
    }

    /// A recipe whose rate is free of the last bit, in which a product differs from a decimal number.
    private func rounded(_ recipe: M2CLIPRecipe) -> M2CLIPRecipe {
        var recipe = recipe
        recipe.learningRate = (recipe.learningRate * 1e12).rounded()
        return recipe
    }

    @Test("an unknown name lists near ones")
    func unknown() throws {
        for (name, near) in [
            ("st-adapter-b16-24x384-k400", "st-adapter-b16-12x384-k400"), ("evl", "evl-b16-k400-16f"),
            ("m2clip-b16", "m2clip-b16-12x384-k400"), ("../../secret", "-8f"), ("", "-8f"),
            (String(repeating: "x", count: 100_000), "b16"),
        ] {
            let error = #expect(throws: TrainingError.self) { try Preset.find(name) }
            let message = try #require(error).description
            #expect(message.contains("no preset") && message.contains(near), "\(message.prefix(300))")
        }
    }

    @Test("a program that was moved without its presets says so")
    func moved() throws {
        let error = #expect(throws: TrainingError.self) {
            try Preset.named("evl-b16-k400-8f", programFolder: "/nowhere")
        }
        #expect(try #require(error).description.contains("verb_Training.resources"))
    }
}
