import Testing
import Torch

@Suite("Learning rates by depth")
struct LayerDepthTests {
    private let image = LayerDepth.imageTower(layers: 12)
    private let text = LayerDepth.textTower(layers: 2)

    @Test(
        "distances from the output",
        arguments: [
            ("visual.conv1.weight", 13), ("visual.class_embedding", 13), ("visual.positional_embedding", 13),
            ("visual.ln_pre.bias", 13), ("visual.transformer.resblocks.0.attn.in_proj_weight", 12),
            ("visual.transformer.resblocks.1.ln_1.bias", 11), ("visual.transformer.resblocks.10.ln_1.bias", 2),
            ("visual.transformer.resblocks.11.mlp.c_fc.weight", 1), ("visual.transformer.resblocks.12.x", 0),
            ("visual.ln_post.weight", 0), ("visual.proj", 0), ("visual.conv10.weight", 0), ("logit_scale", 0),
            ("visual.transformer.resblocks.x.y", 0), ("transformer.resblocks.0.ln_1.weight", 0),
        ])
    func distances(_ name: String, _ distance: Int) {
        #expect(image.distance(of: name) == distance)
    }

    @Test("the text tower has depths of its own")
    func textTower() {
        #expect(text.distance(of: "transformer.resblocks.0.ln_1.weight") == 2)
        #expect(text.distance(of: "token_embedding.weight") == 3)
        #expect(text.distance(of: "positional_embedding") == 3)
        #expect(text.distance(of: "visual.transformer.resblocks.0.ln_1.weight") == 0)
        #expect(text.distance(of: "text_projection") == 0)
        #expect(
            LayerDepth.imageTower(layers: 2, prefix: "model.visual.").distance(of: "model.visual.conv1.weight") == 3)
    }

    @Test("groups split by depth and keep their own scale and decay")
    func groups() throws {
        let names = [
            "visual.conv1.weight", "visual.transformer.resblocks.0.w", "visual.transformer.resblocks.0.b",
            "visual.transformer.resblocks.1.w", "visual.proj", "fc.weight",
        ]
        let trained = try Parameters.build(.random()) { scope in
            for name in names {
                _ = scope.parameter(name, shape: name.hasSuffix(".b") ? [2] : [2, 2], initial: .zeros)
            }
        }.parameters.train { _ in true }
        let groups = [
            ParameterGroup(trained.filter { $1.rank == 2 && $0 != "fc.weight" }, weightDecay: 0.1),
            ParameterGroup(trained.filter { $1.rank == 1 }),
            ParameterGroup(trained.filter { name, _ in name == "fc.weight" }, learningRateScale: 10, weightDecay: 0.2),
        ]
        let split = ParameterGroup.layerwise(groups, decay: 0.5, towers: [.imageTower(layers: 2)])
        #expect(
            split.map(\.parameters.names) == [
                ["visual.proj"], ["visual.transformer.resblocks.1.w"], ["visual.transformer.resblocks.0.w"],
                ["visual.conv1.weight"], ["visual.transformer.resblocks.0.b"], ["fc.weight"],
            ])
        #expect(split.map(\.learningRateScale) == [1, 0.5, 0.25, 0.125, 0.25, 10])
        #expect(split.map(\.weightDecay) == [0.1, 0.1, 0.1, 0.1, 0, 0.2])
        #expect(ParameterGroup.layerwise(groups, decay: 1, towers: []).map(\.learningRateScale) == [1, 1, 10])
    }
}
