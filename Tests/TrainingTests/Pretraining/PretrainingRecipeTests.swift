import CLIP
import Foundation
import Testing
import Training

@Suite("Recipes of pretraining")
struct PretrainingRecipeTests {
    /// A change that makes the recipe impossible, and a word of the message.
    struct Change: Sendable, CustomTestStringConvertible {
        let word: String
        let apply: @Sendable (inout PretrainingRecipe) -> Void
        var testDescription: String { word }

        init(_ word: String, _ apply: @escaping @Sendable (inout PretrainingRecipe) -> Void) {
            (self.word, self.apply) = (word, apply)
        }
    }

    static let impossible: [Change] = [
        Change("steps is 0") { $0.steps = 0 }, Change("steps is -5") { $0.steps = -5 },
        Change("batch is 1") { $0.batch = 1 }, Change("frames is 0") { $0.frames = 0 },
        Change("warmup is -1") { $0.warmup = -1 }, Change("warmup is 3001") { $0.warmup = 3001 },
        Change("merges is -1") { $0.merges = -1 }, Change("context length is 2") { $0.contextLength = 2 },
        Change("vision width is 0") { $0.visionWidth = 0 }, Change("text width is 9000") { $0.textWidth = 9000 },
        Change("vision layers is -1") { $0.visionLayers = -1 }, Change("text layers is -3") { $0.textLayers = -3 },
        Change("vision layers is 9223372036854775807") { $0.visionLayers = .max },
        Change("multiples of 32") { $0.visionWidth = 40 }, Change("multiples of 32") { $0.textWidth = 100 },
        Change("learning rate") { $0.learningRate = 0 }, Change("learning rate") { $0.learningRate = .nan },
        Change("learning rate") { $0.learningRate = .infinity }, Change("weight decay") { $0.weightDecay = -0.1 },
        Change("weight decay") { $0.weightDecay = .nan }, Change("weight decay") { $0.weightDecay = .infinity },
        Change("gradient clip") { $0.gradientClip = 0 }, Change("gradient clip") { $0.gradientClip = .nan },
        Change("patch_size 24 does not divide") { $0.patchSize = 24 }, Change("patch_size is 0") { $0.patchSize = 0 },
        Change("patch_size is 128") { $0.patchSize = 128 }, Change("image_size is 0") { $0.imageSize = 0 },
        Change("embed_dim is 0") { $0.embedDim = 0 },
    ]

    @Test("an impossible number is named", arguments: impossible)
    func refused(_ change: Change) throws {
        var recipe = PretrainingRecipe()
        change.apply(&recipe)
        let error = try #require(throws: TrainingError.self) { try recipe.validate() }
        #expect(error.description.contains(change.word), "\(error)")
    }

    @Test("the bundled model's recipe and the tests' are possible")
    func accepted() throws {
        try PretrainingRecipe().validate()
        try PretrainingRecipe.tiny.validate()
        var recipe = PretrainingRecipe()
        (recipe.steps, recipe.warmup) = (1, 0)
        try recipe.validate()
    }

    @Test("a recipe survives JSON")
    func json() throws {
        var recipe = PretrainingRecipe.tiny
        (recipe.seed, recipe.learningRate) = (.max, 0.1 + 0.2)
        let back = try JSONDecoder().decode(PretrainingRecipe.self, from: JSONEncoder().encode(recipe))
        #expect(back == recipe)
    }

    @Test("the architecture follows the recipe")
    func architecture() {
        let configuration = PretrainingRecipe().configuration(vocabularySize: 777)
        #expect(configuration.text.vocabularySize == 777)
        #expect(configuration.vision.blocks.headWidth == 32)
        #expect(configuration.vision.blocks.heads == [6, 6, 6, 6])
        #expect(configuration.text.blocks.heads == [4, 4, 4])
        #expect(configuration.vision.grid == 4)
    }

    @Test("a model cut out of a larger one has everything of it that is no size, and heads as wide")
    func inheriting() {
        var larger = CLIPConfiguration.vitB16, recipe = PretrainingRecipe()
        (larger.activation, larger.text.pooling, larger.layerNormEps) = (.gelu, .firstToken(49_407), 1e-6)
        (recipe.visionWidth, recipe.textWidth) = (256, 128)
        let own = recipe.configuration(vocabularySize: 49_408, inheriting: larger)
        #expect(own.activation == .gelu && own.text.pooling == .firstToken(49_407) && own.layerNormEps == 1e-6)
        #expect(own.vision.blocks.headWidth == 64 && own.vision.blocks.heads == [4, 4, 4, 4])
        #expect(own.text.blocks.headWidth == 64 && own.text.blocks.heads == [2, 2, 2])
        // Narrower than a head: no head fits, which inheriting says.
        recipe.textWidth = 32
        #expect(recipe.configuration(vocabularySize: 49_408, inheriting: larger).text.blocks.headWidth != 64)
    }
}
