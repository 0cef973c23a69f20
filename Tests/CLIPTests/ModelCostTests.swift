import CLIP
import Testing
import Torch

@Suite("Sizes and costs")
struct ModelCostTests {
    /// OpenAI's models: parameters of the towers, all parameters, GMACs of a picture and a text.
    static let openAI: [(CLIPConfiguration, Int, Int, Int, Double, Double)] = [
        (.vitB32, 87_849_216, 38_131_200, 151_277_313, 4.41, 2.98),
        (.vitB16, 86_192_640, 38_131_200, 149_620_737, 17.56, 2.98),
        (.vitL14, 303_966_208, 85_704_960, 427_616_513, 81.0, 6.65),
        (.vitL14At336, 304_293_888, 85_704_960, 427_944_193, 191.0, 6.65),
    ]

    @Test("the published numbers of OpenAI's models", arguments: openAI)
    func published(_ configuration: CLIPConfiguration, vision: Int, text: Int, all: Int, image: Double, words: Double) {
        let cost = ModelCost(configuration)
        #expect(cost.visionParameters == vision)
        #expect(cost.textParameters == text)
        #expect(cost.parameters == all)
        #expect(abs(Double(cost.imageMACs) / 1e9 / image - 1) < 0.01)
        #expect(abs(Double(cost.textMACs) / 1e9 / words - 1) < 0.01)
    }

    @Test("the formula counts what a model declares")
    func declared() throws {
        var pruned = CLIPConfiguration.tiny
        pruned.vision.blocks = TransformerConfiguration(width: 13, headWidth: 4, heads: [2, 0], mlpWidths: [0, 7])
        for configuration in [CLIPConfiguration.tiny, pruned] {
            let parameters = try Parameters.build(.random()) { CLIPModel($0, configuration) }.parameters
            #expect(ModelCost(configuration).parameters == parameters.count())
        }
    }
}
