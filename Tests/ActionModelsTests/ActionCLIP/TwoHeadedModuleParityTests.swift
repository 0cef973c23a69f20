import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("The two-headed temporal module against the reference")
struct TwoHeadedModuleParityTests {
    private struct Case: Decodable {
        struct Sizes: Decodable {
            let dim: Int
            let frames: Int
            let heads: Int
            let layers: Int
            let max_positions: Int
            let mlp_ratio: Int
            let layer_norm_eps: Double
            let activation: String
        }
        let config: Sizes
        let tolerance: Tolerance
    }

    /// The second head of a recorded variant.
    private func view(_ variant: String) throws -> TokenView {
        var view = TokenView()
        switch variant {
        case "default": break
        case "no_residual": view.residual = 0
        case "masked": view.hidesFromFrames = true
        default: Issue.record("a variant \(variant) that no test knows")
        }
        return view
    }

    private func make(
        _ sizes: Case.Sizes, _ weights: [String: Tensor], _ token: TokenView?
    ) throws -> (aggregator: FrameAggregator, parameters: Parameters) {
        let configuration = FrameTransformerConfiguration(
            positions: sizes.max_positions, layers: sizes.layers, heads: sizes.heads,
            layerNormEps: sizes.layer_norm_eps, token: token)
        let built = try Parameters.build(.checkpoint(weights)) {
            FrameAggregator($0, .transformer(configuration), width: sizes.dim, frames: sizes.frames)
        }
        return (built.model, built.parameters)
    }

    @Test("both views, the loss and its gradients", arguments: Fixture.all("clip", "two_head_module"))
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        #expect(facts.config.mlp_ratio == 4 && facts.config.activation == "quick_gelu")
        let variants = Set(recorded.names(below: "losses."))
        #expect(!variants.isEmpty)
        for variant in variants.sorted() { try compare(variant, facts, recorded) }

        let weights = recorded.below("weights.").filter { $0.key != "token" }
        let plain = try make(facts.config, weights, nil).aggregator(recorded.required("inputs.frames"))
        recorded.compare(plain, "outputs.plain_transf", facts.tolerance)
        recorded.expectAllTaken()
    }

    private func compare(_ variant: String, _ facts: Case, _ recorded: RecordedTensors) throws {
        let (aggregator, parameters) = try make(facts.config, recorded.below("weights."), view(variant))
        parameters.train { _ in true }
        let frames = try recorded.required("inputs.frames").cloned()
        frames.setRequiresGradient(true)
        let views = aggregator.views(of: FrameEncoding(frames: frames)), token = try #require(views.token)
        recorded.compare(views.frame, "outputs.\(variant).v_frame", facts.tolerance)
        recorded.compare(token, "outputs.\(variant).v_token", facts.tolerance)
        let loss =
            (views.frame * (try recorded.required("inputs.coef_frame"))).sum()
            + (token * (try recorded.required("inputs.coef_token"))).sum()
        recorded.compare(loss, "losses.\(variant)", facts.tolerance)
        loss.backward()
        for name in recorded.names(below: "grads.\(variant).").sorted() {
            let leaf = name == "frames" ? frames : try #require(parameters[name], "\(name)")
            recorded.compare(
                try #require(leaf.gradient, "\(name) has no gradient"), "grads.\(variant).\(name)", facts.tolerance)
        }
    }
}
