import CLIP
import Testing
import Torch

@Suite("Class tokens")
struct ClassTokensTests {
    private static let sizes = VisionConfiguration(
        imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 12, layers: 3, heads: 2, mlpWidth: 24))

    @Test("the last block for class tokens alone gives the values and gradients of the whole one")
    func lastBlock() throws {
        let generator = Generator(seed: 1)
        let (tower, parameters) = try Parameters.build(.random(generator)) {
            VisionTransformer($0, Self.sizes, style: BlockStyle(activation: .quickGELU))
        }
        let trained = parameters.train { _ in true }
        let pixels = generator.normal([2, 3, 8, 8]), upstream = generator.normal([2, 12])
        let whole = tower(pixels).select(1, 0), alone = tower.classTokens(of: pixels)
        let wanted = (whole * upstream).gradients(by: trained.tensors)
        let found = (alone * upstream).gradients(by: trained.tensors)
        #expect((whole - alone).abs.max().item(Float.self) < 1e-5)
        for (name, pair) in zip(trained.names, zip(wanted, found)) {
            guard let a = pair.0, let b = pair.1 else {
                Issue.record("\(name) has no gradient")
                continue
            }
            #expect((a - b).abs.max().item(Float.self) < 1e-4, "\(name)")
        }
    }
}
