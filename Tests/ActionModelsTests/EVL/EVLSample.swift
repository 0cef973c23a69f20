import ActionModels
import CLIP
import Torch

/// Small EVL models whose parameters are all random, also those that start at zero.
enum EVLSample {
    static func configuration(
        frames: Int = 4, layers: Int = 3, grid: (rows: Int, columns: Int) = (3, 3)
    ) -> EVLConfiguration {
        var configuration = EVLConfiguration(
            vision: VisionConfiguration(
                imageSize: 4 * grid.columns, imageHeight: grid.rows == grid.columns ? nil : 4 * grid.rows, patchSize: 4,
                blocks: TransformerConfiguration(width: 24, layers: layers, heads: 3)),
            frames: frames, classes: 5)
        configuration.decoderLayers = 2
        configuration.decoderWidth = 20
        configuration.decoderHeads = 2
        return configuration
    }

    static func model(
        _ configuration: EVLConfiguration = configuration(), seed: UInt64 = 1
    ) throws -> (model: EVL, parameters: Parameters) {
        try random(seed) { EVL($0, configuration) }
    }

    static func head(
        _ configuration: EVLConfiguration, seed: UInt64 = 1
    ) throws -> (model: EVLHead, parameters: Parameters) {
        try random(seed) { EVLHead($0, configuration) }
    }

    /// Features as a tower would give them.
    static func features(
        _ configuration: EVLConfiguration, clips: Int = 2, seed: UInt64 = 5
    ) -> EVLFeatures {
        let (generator, blocks) = (Generator(seed: seed), configuration.vision.blocks)
        let tokens = [clips, configuration.frames, configuration.vision.tokens]
        let heads = tokens + [blocks.heads[0], blocks.headWidth]
        return EVLFeatures(
            (0..<configuration.decoderLayers).map { _ in
                EVLFeatures.Layer(
                    stream: generator.normal(tokens + [blocks.width]),
                    attention: .projections(queries: generator.normal(heads), keys: generator.normal(heads)))
            })
    }

    static func clips(_ configuration: EVLConfiguration, count: Int = 2, seed: UInt64 = 7) -> Tensor {
        let vision = configuration.vision
        return Generator(seed: seed).normal(
            [count, configuration.frames, 3, vision.imageHeight ?? vision.imageSize, vision.imageSize])
    }

    private static func random<Model>(
        _ seed: UInt64, _ body: (Scope) -> Model
    ) throws -> (model: Model, parameters: Parameters) {
        let generator = Generator(seed: seed)
        let first = try Parameters.build(.random(generator), body).parameters
        let drawn = first.names.map { name in
            let tensor = first[name] ?? .zeros([])
            return (name, tensor + generator.normal(tensor.shape) * 0.2)
        }
        return try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: drawn)), body)
    }
}
