import CLIP
import FixtureSupport
import Testing
import Torch

@testable import ActionModels

/// What the module cases of M2-CLIP say about themselves.
struct M2CLIPModuleCase: Decodable {
    struct Config: Decodable {
        let num_frames: Int, width: Int, adapter_width: Int
        let embed_dim: Int?, heads: Int?
    }
    struct Tolerances: Decodable { let outputs: Tolerance, grads: Tolerance, losses: Tolerance }

    let config: Config
    let tolerances: Tolerances

    /// The sizes of one block, and how M2-CLIP's blocks are.
    func block() throws -> (sizes: TransformerConfiguration, style: BlockStyle) {
        let heads = try #require(config.heads)
        return (
            TransformerConfiguration(width: config.width, layers: 1, heads: heads), BlockStyle(activation: .quickGELU)
        )
    }

    var ted: TEDAdapter.Sizes {
        TEDAdapter.Sizes(width: config.width, bottleneck: config.adapter_width, frames: config.num_frames)
    }
}

/// Inputs as leaves, so that they get gradients too.
func leaf(_ tensor: Tensor) -> Tensor {
    let own = tensor.cloned()
    own.setRequiresGradient(true)
    return own
}

/// Compares the gradients of parameters and inputs, and the loss that they come from.
func compareGradients(
    _ recorded: RecordedTensors, _ loss: Tensor, _ parameters: Parameters, inputs: [String: Tensor],
    isTrained: (String) -> Bool, _ tolerances: M2CLIPModuleCase.Tolerances
) throws {
    recorded.compare(loss, "losses.weighted_sum", tolerances.losses)
    loss.backward()
    for name in parameters.names {
        let gradient = parameters[name]?.gradient
        #expect((gradient != nil) == isTrained(name), "\(name)")
        if let gradient { recorded.compare(gradient, "grads.\(name)", tolerances.grads) }
    }
    for (name, input) in inputs {
        recorded.compare(try #require(input.gradient, "\(name)"), "grads.inputs.\(name)", tolerances.grads)
    }
    recorded.expectAllTaken()
}

@Suite("M2-CLIP's adapters against the reference")
struct TEDAdapterParityTests {
    @Test("TED-Adapter and temporal adapter", arguments: Fixture.all("m2clip", "ted_adapter"))
    func adapters(_ fixture: Fixture) throws {
        let own = try fixture.decode(M2CLIPModuleCase.self)
        let recorded = try RecordedTensors(fixture)
        let embedDim = try #require(own.config.embed_dim)
        let (model, parameters) = try Parameters.build(.checkpoint(recorded.below("weights."))) {
            (ted: TEDAdapter($0 / "ted", own.ted), temporal: TemporalAdapter($0 / "t_adapter", width: embedDim))
        }
        parameters.train { _ in true }
        let x = leaf(try recorded.required("inputs.x"))
        let features = leaf(try recorded.required("inputs.frame_features"))
        let clips = x.reshaped(-1, own.config.num_frames, x.shape[1], own.config.width)
        let branch = try #require(model.ted.difference)
        let difference = branch(clips.slice(2, 1..<x.shape[1]))
        let ted = model.ted(x)
        let temporal = model.temporal(features.reshaped(-1, own.config.num_frames, embedDim)).reshaped(-1, embedDim)
        let outputs = own.tolerances.outputs
        recorded.compare(
            difference.reshaped(x.shape[0], -1, own.config.width), "outputs.ted_difference_branch", outputs)
        recorded.compare(ted, "outputs.ted", outputs)
        recorded.compare(temporal, "outputs.t_adapter", outputs)
        let loss =
            (ted * (try recorded.required("inputs.cotangent_x"))).sum()
            + (temporal * (try recorded.required("inputs.cotangent_frame_features"))).sum()
        try compareGradients(
            recorded, loss, parameters, inputs: ["x": x, "frame_features": features], isTrained: { _ in true },
            own.tolerances)
    }

    @Test("a vision block with every choice of adapters", arguments: Fixture.all("m2clip", "ted_block"))
    func visionBlock(_ fixture: Fixture) throws {
        let own = try fixture.decode(M2CLIPModuleCase.self)
        let recorded = try RecordedTensors(fixture)
        let (sizes, style) = try own.block()
        func block(_ beforeAttention: Bool, _ beforeMLP: Bool) throws -> (ResidualAttentionBlock, Parameters) {
            let additions = TowerAdditions { scope, _ in
                BlockAdapters(
                    beforeAttention: beforeAttention ? TEDAdapter(scope / "adapter_pre_attn", own.ted) : nil,
                    beforeMLP: beforeMLP ? TEDAdapter(scope / "adapter_pre_mlp", own.ted) : nil)
            }
            return try Parameters.build(
                .checkpoint(recorded.below("weights."), isStrict: beforeAttention && beforeMLP)
            ) { ResidualAttentionBlock($0, sizes, block: 0, style: style, additions: additions) }
        }
        let x = leaf(try recorded.required("inputs.x"))
        for (name, choice) in [
            "y_no_adapter": (false, false), "y_pre_attn_only": (true, false), "y_pre_mlp_only": (false, true),
        ] {
            recorded.compare(try block(choice.0, choice.1).0(x), "outputs.\(name)", own.tolerances.outputs)
        }
        let (both, parameters) = try block(true, true)
        parameters.train(M2CLIPConfiguration.isTrained)
        let y = both(x)
        recorded.compare(y, "outputs.y_both", own.tolerances.outputs)
        recorded.compare(both.trace(x).output, "outputs.y_both", own.tolerances.outputs)
        let loss = (y * (try recorded.required("inputs.cotangent_x"))).sum()
        try compareGradients(
            recorded, loss, parameters, inputs: ["x": x], isTrained: M2CLIPConfiguration.isTrained, own.tolerances)
    }

    @Test("a text block, causal and over frames", arguments: Fixture.all("m2clip", "text_block"))
    func textBlock(_ fixture: Fixture) throws {
        let own = try fixture.decode(M2CLIPModuleCase.self)
        let recorded = try RecordedTensors(fixture)
        let (sizes, style) = try own.block()
        func block(_ beforeAttention: Bool) throws -> (ResidualAttentionBlock, Parameters) {
            let additions = TowerAdditions { scope, _ in
                func adapter(_ place: String) -> TextAdapter {
                    TextAdapter(scope / place, width: own.config.width, bottleneck: own.config.adapter_width)
                }
                return BlockAdapters(
                    beforeAttention: beforeAttention ? adapter("adapter_pre_attn") : nil,
                    beforeMLP: adapter("adapter_pre_mlp"))
            }
            return try Parameters.build(.checkpoint(recorded.below("weights."), isStrict: beforeAttention)) {
                ResidualAttentionBlock($0, sizes, block: 0, style: style, additions: additions)
            }
        }
        let x = leaf(try recorded.required("inputs.x")), frames = leaf(try recorded.required("inputs.frames"))
        let one = try block(false).0
        recorded.compare(one(x, isCausal: true), "outputs.self_y_pre_mlp_only", own.tolerances.outputs)
        recorded.compare(one(x, over: frames), "outputs.cross_y_pre_mlp_only", own.tolerances.outputs)
        let (both, parameters) = try block(true)
        parameters.train(M2CLIPConfiguration.isTrained)
        let (alone, cross) = (both(x, isCausal: true), both(x, over: frames))
        recorded.compare(alone, "outputs.self_y", own.tolerances.outputs)
        recorded.compare(cross, "outputs.cross_y", own.tolerances.outputs)
        let loss =
            (alone * (try recorded.required("inputs.cotangent_self"))).sum()
            + (cross * (try recorded.required("inputs.cotangent_cross"))).sum()
        try compareGradients(
            recorded, loss, parameters, inputs: ["x": x, "frames": frames], isTrained: M2CLIPConfiguration.isTrained,
            own.tolerances)
    }
}
