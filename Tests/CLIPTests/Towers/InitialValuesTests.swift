import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("First values of CLIP's towers")
struct InitialValuesTests {
    private static let width = 64, layers = 3

    private func tensors() throws -> [String: Tensor] {
        let blocks = TransformerConfiguration(width: Self.width, layers: Self.layers, heads: 2)
        let configuration = CLIPConfiguration(
            embedDim: 16, vision: VisionConfiguration(imageSize: 8, patchSize: 4, blocks: blocks),
            text: TextConfiguration(contextLength: 9, vocabularySize: 200, blocks: blocks), activation: .quickGELU)
        return try Parameters.build(.random(Generator(seed: 5))) { CLIPModel($0, configuration) }.parameters.tensors
    }

    /// All values of a parameter over the blocks of a tower.
    private func values(_ tower: String, _ name: String) throws -> Tensor {
        let tensors = try tensors()
        return try Tensor.concatenated(
            (0..<Self.layers).map { try #require(tensors["\(tower).resblocks.\($0).\(name)"]).reshaped(-1) }, axis: 0)
    }

    private func expectUniform(_ values: Tensor, _ bound: Double, _ name: String) {
        #expect(values.abs.max().item(Double.self) <= bound, "\(name)")
        let deviation = values.variance().item(Double.self).squareRoot()
        #expect(abs(deviation / (bound / 3.0.squareRoot()) - 1) < 0.1, "\(name): \(deviation)")
    }

    private func expectNormal(_ values: Tensor, _ deviation: Double, _ name: String) {
        let actual = values.variance().item(Double.self).squareRoot()
        #expect(abs(actual / deviation - 1) < 0.05, "\(name): \(actual)")
        #expect(values.abs.max().item(Double.self) > 2.5 * deviation, "\(name) is not normal")
    }

    static let towers = ["visual.transformer", "transformer"]

    @Test("image blocks are as PyTorch's layers make them")
    func image() throws {
        let (tower, width) = (Self.towers[0], Double(Self.width))
        let bounds = [
            "attn.in_proj_weight": (6 / (4 * width)).squareRoot(), "attn.out_proj.weight": 1 / width.squareRoot(),
            "mlp.c_fc.weight": 1 / width.squareRoot(), "mlp.c_proj.weight": 1 / (4 * width).squareRoot(),
        ]
        for (name, bound) in bounds { expectUniform(try values(tower, name), bound, name) }
    }

    @Test("text blocks are as openai/CLIP makes them, by width and depth")
    func text() throws {
        let (tower, width) = (Self.towers[1], Double(Self.width))
        let output = 1 / (width * 2 * Double(Self.layers)).squareRoot()
        let deviations = [
            "attn.in_proj_weight": 1 / width.squareRoot(), "attn.out_proj.weight": output,
            "mlp.c_fc.weight": 1 / (2 * width).squareRoot(), "mlp.c_proj.weight": output,
        ]
        for (name, deviation) in deviations { expectNormal(try values(tower, name), deviation, name) }
    }

    @Test("biases of the feed-forward parts are PyTorch's, all others zero", arguments: towers)
    func biases(_ tower: String) throws {
        let width = Double(Self.width)
        expectUniform(try values(tower, "mlp.c_fc.bias"), 1 / width.squareRoot(), "c_fc")
        expectUniform(try values(tower, "mlp.c_proj.bias"), 1 / (4 * width).squareRoot(), "c_proj")
        for name in ["attn.in_proj_bias", "attn.out_proj.bias", "ln_1.bias", "ln_2.bias"] {
            let values = try values(tower, name)
            expectClose(values, .zeros(values.shape), absolute: 0, relative: 0, name)
        }
    }
}
