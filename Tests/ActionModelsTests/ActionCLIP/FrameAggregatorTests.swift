import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("ActionCLIP's aggregators")
struct FrameAggregatorTests {
    private static let width = 16, frames = 5

    private static func configuration(_ kind: AggregatorConfiguration.Kind) -> AggregatorConfiguration {
        switch kind {
        case .mean: .mean
        case .convolution: .convolution(positions: 7, order: .released)
        case .lstm: .lstm(positions: 7)
        case .transformer: .transformer(FrameTransformerConfiguration(positions: 7, heads: 2))
        case .classToken: .classToken(ClassTokenConfiguration(positions: 7, layers: 3, heads: 4, feedForward: 24))
        }
    }

    private func make(
        _ configuration: AggregatorConfiguration, seed: UInt64 = 1
    ) throws -> (aggregator: FrameAggregator, parameters: Parameters) {
        let built = try Parameters.build(.random(Generator(seed: seed))) {
            FrameAggregator($0, configuration, width: Self.width, frames: Self.frames)
        }
        return (built.model, built.parameters)
    }

    /// The same aggregator with unlike values everywhere.
    private func trained(_ configuration: AggregatorConfiguration) throws -> FrameAggregator {
        let generator = Generator(seed: 5)
        let tensors = try make(configuration).parameters.tensors.sorted { $0.key < $1.key }.map { name, tensor in
            (name, tensor + generator.normal(tensor.shape) * 0.3)
        }
        return try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: tensors))) {
            FrameAggregator($0, configuration, width: Self.width, frames: Self.frames)
        }.model
    }

    private let clips = Generator(seed: 2).normal([3, FrameAggregatorTests.frames, FrameAggregatorTests.width])

    private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs.max().item(Double.self) }

    @Test(
        "all but the mean see the order of frames", arguments: AggregatorConfiguration.Kind.allCases,
        [[4, 3, 2, 1, 0], [1, 0, 2, 3, 4]])
    func order(_ kind: AggregatorConfiguration.Kind, _ order: [Int]) throws {
        let aggregator = try trained(Self.configuration(kind))
        let moved = distance(aggregator(clips), aggregator(clips.selected(1, Tensor(order))))
        if kind == .mean { #expect(moved < 1e-6) } else { #expect(moved > 1e-3) }
    }

    @Test("the corrected convolution sees the order of frames too")
    func correctedOrder() throws {
        let aggregator = try trained(.convolution(positions: 7, order: .corrected))
        #expect(distance(aggregator(clips), aggregator(clips.flipped(1))) > 1e-3)
        let middle = clips.selected(1, Tensor([0, 2, 1, 3, 4]))
        #expect(
            distance(aggregator(clips), aggregator(middle)) < 1e-6, "only the first and the last frame have a place")
    }

    @Test("clips do not see each other", arguments: AggregatorConfiguration.Kind.allCases)
    func alone(_ kind: AggregatorConfiguration.Kind) throws {
        let aggregator = try trained(Self.configuration(kind)), all = aggregator(clips)
        for row in 0..<3 {
            expectClose(aggregator(clips.slice(0, row..<row + 1)), all.slice(0, row..<row + 1), absolute: 1e-5)
        }
    }

    @Test(
        "the convolution's closed form is the convolution, with its gradients", arguments: ConvolutionOrder.allCases,
        [1, 2, 5, 8])
    func closedForm(_ order: ConvolutionOrder, _ frames: Int) throws {
        let (convolution, parameters) = try Parameters.build(.random(Generator(seed: 1))) {
            Conv1DAggregator($0, width: Self.width, positions: 7, order: order)
        }
        let taps = Generator(seed: 3).normal([Self.width, 1, 3])
        convolution.taps.copy(from: taps)
        parameters.train { _ in true }
        let x = Generator(seed: 4).normal([2, frames, Self.width]), plain = x.cloned(),
            weights = Generator(seed: 6).normal([2, Self.width])

        for leaf in [taps, x, plain] { leaf.setRequiresGradient(true) }
        let z = order == .released ? plain.reshaped(2, Self.width, frames) : plain.transposed(1, 2)
        let convolved = z.convolution(taps, nil, stride: [1], padding: [1], groups: Self.width)  // [B, E, T]
        let expected = (convolved + plain.transposed(1, 2)).mean(2)
        let actual = convolution(x)
        expectClose(actual, expected, absolute: 1e-6, relative: 1e-5)
        (actual * weights).sum().backward()
        (expected * weights).sum().backward()
        expectClose(
            try #require(convolution.taps.gradient), taps.gradient, absolute: 1e-6, relative: 1e-5)
        expectClose(try #require(x.gradient), plain.gradient, absolute: 1e-6, relative: 1e-5)
    }

    @Test("the last layer of Transf_cls works for its class token only, and gives the same")
    func trimmed() throws {
        let sizes = ClassTokenConfiguration(positions: 7, heads: 4, feedForward: 24)
        let layer = try Parameters.build(.random(Generator(seed: 1))) {
            PostNormLayer($0, width: Self.width, sizes, inputWeight: .normal(0.3))
        }.model
        expectClose(layer.firstToken(of: clips), layer(clips).slice(1, 0..<1), absolute: 1e-5)
    }

    @Test("frames without any variance are numbers behind norms that add 1e-12", arguments: [0.0, 3, 1e4])
    func constantFrames(_ value: Double) throws {
        let aggregator = try make(Self.configuration(.transformer)).aggregator
        #expect(aggregator(.full([1, Self.frames, Self.width], value)).isFinite.allTrue)
    }

    @Test("Transf takes fewer frames than it has positions")
    func fewerFrames() throws {
        let aggregator = try make(Self.configuration(.transformer)).aggregator
        #expect(aggregator(clips.slice(1, 0..<2)).shape == [3, Self.width])
    }

    @Test(
        "only Transf_cls drops while training, and nothing drops otherwise",
        arguments: AggregatorConfiguration.Kind.allCases)
    func dropout(_ kind: AggregatorConfiguration.Kind) throws {
        let aggregator = try make(Self.configuration(kind)).aggregator, plain = aggregator(clips)
        Generator.seedDefaults(1)
        let moved = distance(aggregator(clips, training: true), plain)
        if kind == .classToken { #expect(moved > 1e-3) } else { #expect(moved < 1e-6) }
        expectClose(aggregator(clips), plain, absolute: 0, relative: 0)
    }

    @Test(
        "parameters in float32 work on half-precision features, which stay what they are",
        arguments: AggregatorConfiguration.Kind.allCases, [DType.float16, .bfloat16])
    func mixedTypes(_ kind: AggregatorConfiguration.Kind, _ dtype: DType) throws {
        let aggregator = try trained(Self.configuration(kind)), half = clips.to(dtype: dtype)
        let video = aggregator(half)
        #expect(video.dtype == dtype)
        if kind == .mean { return }
        expectClose(video, aggregator(half.to(dtype: .float32)).to(dtype: dtype), absolute: 0, relative: 0)
    }

    @Test("what the unused tables of positions get: no gradient, no step, no decay")
    func unusedPositions() throws {
        for kind in [AggregatorConfiguration.Kind.convolution, .lstm, .classToken] {
            let (aggregator, parameters) = try make(Self.configuration(kind))
            let trained = parameters.train { _ in true }
            let table = try #require(parameters["frame_position_embeddings.weight"]), before = table.cloned()
            aggregator(clips).pow(2).sum().backward()
            #expect(table.gradient == nil)
            AdamW([ParameterGroup(trained, weightDecay: 0.2)]).step(learningRate: 0.1)
            expectClose(table.detached(), before, absolute: 0, relative: 0)
        }
    }
}

@Suite("First values of ActionCLIP's aggregators")
struct AggregatorInitialTests {
    private func tensors(_ configuration: AggregatorConfiguration, width: Int = 64) throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 3))) {
            FrameAggregator($0, configuration, width: width, frames: 8)
        }.parameters.tensors
    }

    private func deviation(_ tensor: Tensor) -> Double { tensor.variance().item(Double.self).squareRoot() }

    private func expectConstant(_ tensor: Tensor?, _ value: Double, _ name: String) throws {
        let tensor = try #require(tensor, "\(name)")
        expectClose(tensor, .full(tensor.shape, value), absolute: 0, relative: 0, name)
    }

    @Test("Conv_1D: a quarter looks back, half stays, a quarter looks ahead")
    func convolution() throws {
        let taps = try #require(tensors(.convolution(positions: 7, order: .released), width: 8)["shift.weight"])
        let expected: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let rows = [0, 0, 1, 1, 1, 1, 2, 2].flatMap { expected[$0] }
        expectClose(taps, Tensor(rows, shape: [8, 1, 3]), absolute: 0, relative: 0)
    }

    @Test("LSTM: uniform within the root of the width")
    func lstm() throws {
        let tensors = try tensors(.lstm(positions: 77))
        for name in ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"] {
            let tensor = try #require(tensors["lstm_visual.\(name)"]), bound = 1.0 / 8
            #expect(tensor.abs.max().item(Double.self) <= bound)
            #expect(abs(deviation(tensor) / (bound / 3.0.squareRoot()) - 1) < 0.1, "\(name)")
        }
        let positions = try #require(tensors["frame_position_embeddings.weight"])
        #expect(abs(deviation(positions) / 0.02 - 1) < 0.05)
    }

    @Test("Transf: small normal weights, Xavier for queries, keys and values")
    func transformer() throws {
        let tensors = try tensors(.transformer(FrameTransformerConfiguration(positions: 77, heads: 2)))
        let block = "transformer.resblocks.5."
        for name in ["mlp.c_fc.weight", "mlp.c_proj.weight", "attn.out_proj.weight"] {
            #expect(abs(deviation(try #require(tensors[block + name])) / 0.02 - 1) < 0.05, "\(name)")
        }
        let packed = try #require(tensors[block + "attn.in_proj_weight"]), bound = (6.0 / (4 * 64)).squareRoot()
        #expect(packed.abs.max().item(Double.self) <= bound)
        #expect(abs(deviation(packed) / (bound / 3.0.squareRoot()) - 1) < 0.05)
        for name in ["mlp.c_fc.bias", "mlp.c_proj.bias", "attn.out_proj.bias", "attn.in_proj_bias", "ln_1.bias"] {
            try expectConstant(tensors[block + name], 0, name)
        }
        try expectConstant(tensors[block + "ln_2.weight"], 1, "ln_2.weight")
    }

    @Test("Transf_cls: normal draws modulo 2, and one packed weight for all layers")
    func classToken() throws {
        let tensors = try tensors(.classToken(ClassTokenConfiguration(positions: 77, feedForward: 128)))
        let layers = "transformer.transformer_enc.layers."
        let packed = (0..<6).map { tensors["\(layers)\($0).self_attn.in_proj_weight"] }
        let first = try #require(packed[0]), bound = (6.0 / (4 * 64)).squareRoot()
        #expect(abs(deviation(first) / (bound / 3.0.squareRoot()) - 1) < 0.05)
        for (number, other) in packed.enumerated().dropFirst() {
            expectClose(try #require(other), first, absolute: 0, relative: 0, "layer \(number)")
        }
        for name in ["self_attn.out_proj.weight", "linear1.weight", "linear2.weight"] {
            let values = try #require(tensors["\(layers)2.\(name)"]),
                other = try #require(tensors["\(layers)3.\(name)"])
            #expect(values.abs.max().item(Double.self) < 0.04)
            // The deviation of normal draws reduced modulo 2 is 0.866.
            #expect(abs(deviation(values) / (0.02 * 0.866) - 1) < 0.05, "\(name): \(deviation(values))")
            #expect(values.array(of: Float.self) != other.array(of: Float.self))
        }
        for name in ["self_attn.in_proj_bias", "self_attn.out_proj.bias", "linear1.bias", "norm2.bias"] {
            try expectConstant(tensors["\(layers)4.\(name)"], 0, name)
        }
        for name in ["cls_token", "pos_embed"] {
            #expect(try #require(tensors["transformer.\(name)"]).abs.max().item(Double.self) < 0.04)
        }
    }

    @Test("layers that begin alike are trained apart")
    func noSharedStorage() throws {
        let built = try Parameters.build(.random(Generator(seed: 3))) {
            FrameAggregator($0, .classToken(ClassTokenConfiguration(positions: 7)), width: 16, frames: 3)
        }
        let parameters = built.parameters, trained = parameters.train { _ in true }
        built.model(Generator(seed: 1).normal([2, 3, 16])).pow(2).sum().backward()
        AdamW([ParameterGroup(trained)]).step(learningRate: 0.01)
        let layers = "transformer.transformer_enc.layers."
        let weights = try (0..<2).map { try #require(parameters["\(layers)\($0).self_attn.in_proj_weight"]) }
        #expect(weights[0].array(of: Float.self) != weights[1].array(of: Float.self))
    }
}
