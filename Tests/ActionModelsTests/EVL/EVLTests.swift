import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("EVL")
struct EVLTests {
    @Test("the order of frames matters, and only by the temporal modules")
    func order() throws {
        var configuration = EVLSample.configuration()
        let clips = EVLSample.clips(configuration)
        func difference(_ configuration: EVLConfiguration) throws -> Double {
            let model = try EVLSample.model(configuration).model
            let turned = model(clips.flipped(1)) - model(clips)
            return turned.abs.max().item(Double.self)
        }
        #expect(try difference(configuration) > 1e-3)
        configuration.hasTemporalConvolution = false
        configuration.hasTemporalPositions = false
        configuration.hasTemporalCrossAttention = false
        #expect(try difference(configuration) < 1e-5)
        for switchOn in [\EVLConfiguration.hasTemporalConvolution, \.hasTemporalPositions, \.hasTemporalCrossAttention]
        {
            var one = configuration
            one[keyPath: switchOn] = true
            #expect(try difference(one) > 1e-3, "\(switchOn)")
        }
    }

    @Test("each switch removes exactly its parameters")
    func switches() throws {
        func names(_ change: (inout EVLConfiguration) -> Void) throws -> Set<String> {
            var configuration = EVLSample.configuration()
            change(&configuration)
            return Set(try EVLSample.model(configuration).parameters.names)
        }
        let all = try names { _ in }
        func below(_ part: String) -> Set<String> { all.filter { $0.hasPrefix("decoder.\(part).") } }
        let (convolution, positions) = (below("temporal_conv"), below("temporal_pos_embed"))
        #expect(convolution.count == 4)
        #expect(positions.count == 2)
        #expect(below("cross_attention").count == 4)
        #expect(try names { $0.hasTemporalConvolution = false } == all.subtracting(convolution))
        #expect(try names { $0.hasTemporalPositions = false } == all.subtracting(positions))
        #expect(try names { $0.hasTemporalCrossAttention = false } == all.subtracting(below("cross_attention")))
        let second = all.filter { $0.hasPrefix("decoder.") && ($0 + ".").contains(".1.") }
        #expect(try names { $0.decoderLayers = 1 } == all.subtracting(second))
    }

    @Test("clips of a batch do not see each other")
    func batch() throws {
        let (model, _) = try EVLSample.model()
        let clips = EVLSample.clips(model.configuration, count: 3)
        let alone = (0..<3).map { model(clips.slice(0, $0..<$0 + 1)) }
        expectClose(model(clips), .concatenated(alone), absolute: 1e-5)
    }

    @Test("all forms of features give the same logits, half precision nearly")
    func forms() throws {
        let (model, _) = try EVLSample.model()
        let clips = EVLSample.clips(model.configuration)
        let logits = model(clips)
        for form in [EVLFeatures.Form.projections, .maps] {
            let features = model.backboneFeatures(of: clips, form: form)
            expectClose(model.head(features), logits, absolute: 0, relative: 0)
            let half = model.backboneFeatures(of: clips, form: form, dtype: .float16)
            #expect(half.layers.allSatisfy { $0.stream.dtype == .float16 })
            expectClose(model.head(half), logits, absolute: 2e-2, relative: 1e-2)
        }
        let part = model.backboneFeatures(of: clips).clips(1..<2)
        expectClose(model.head(part), logits.slice(0, 1..<2), absolute: 1e-5)
    }

    @Test("a tower in half precision feeds a decoder in float32", arguments: [DType.float16, .bfloat16])
    func halfTower(_ dtype: DType) throws {
        let (model, parameters) = try EVLSample.model()
        let tensors = parameters.tensors.map { name, tensor in
            (name, name.hasPrefix("backbone.") ? tensor.to(dtype: dtype) : tensor.cloned())
        }
        let half = try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: tensors))) {
            EVL($0, model.configuration)
        }
        half.parameters.train(model.configuration.isTrained)
        let clips = EVLSample.clips(model.configuration)
        let features = half.model.backboneFeatures(of: clips)
        #expect(features.layers.allSatisfy { $0.stream.dtype == dtype })
        expectClose(
            features.to(dtype: .float32).layers[0].stream, model.backboneFeatures(of: clips).layers[0].stream,
            absolute: dtype == .float16 ? 0.02 : 0.15, relative: 0.02)
        let logits = half.model(clips)
        #expect(logits.dtype == .float32)
        expectClose(logits, model(clips), absolute: dtype == .float16 ? 0.05 : 0.3)
        logits.sum().backward()
        #expect(half.parameters["decoder.cls_token"]?.gradient?.dtype == .float32)
    }

    @Test("features are those of the tower's last blocks")
    func features() throws {
        let (model, _) = try EVLSample.model()
        let clips = EVLSample.clips(model.configuration)
        let features = model.backboneFeatures(of: clips, form: .projections)
        let traces = model.backbone.trace(clips.reshaped(8, 3, 12, 12), last: 2)
        #expect(features.layers.count == 2)
        for (layer, trace) in zip(features.layers, traces) {
            expectClose(layer.stream, trace.output.reshaped(2, 4, 10, 24), absolute: 0, relative: 0)
            guard case .projections(let queries, let keys) = layer.attention, let recorded = trace.projections else {
                Issue.record("no projections")
                continue
            }
            expectClose(queries, recorded.queries.transposed(1, 2).reshaped(2, 4, 10, 3, 8), absolute: 0, relative: 0)
            expectClose(keys, recorded.keys.transposed(1, 2).reshaped(2, 4, 10, 3, 8), absolute: 0, relative: 0)
        }
    }

    @Test("one frame is a clip")
    func oneFrame() throws {
        let (model, _) = try EVLSample.model(EVLSample.configuration(frames: 1))
        #expect(model(EVLSample.clips(model.configuration)).shape == [2, 5])
    }

    @Test("dropping happens while training only")
    func dropout() throws {
        let (model, _) = try EVLSample.model()
        let clips = EVLSample.clips(model.configuration)
        expectClose(model(clips), model(clips), absolute: 0, relative: 0)
        #expect(model(clips, training: true).array(of: Float.self) != model(clips).array(of: Float.self))
    }

    @Test("as a model of actions it knows its trained classes and no texts")
    func actionModel() throws {
        let (model, _) = try EVLSample.model()
        let clips = EVLSample.clips(model.configuration)
        let features = model.features(of: clips)
        #expect(features.embedding == nil)
        expectClose(try #require(features.classLogits), model(clips), absolute: 0, relative: 0)
        #expect(model.frames == 4)
        #expect(model.classes == 5)
        #expect(model.text == nil)
        #expect(model.textScoring == nil)
        expectClose(model.probabilities(of: .trained, for: features).sum(-1), .ones([2]))
    }

    @Test("a clip of another length is a programmer's mistake")
    func wrongFrames() async {
        await #expect(processExitsWith: .failure) {
            let (model, _) = try EVLSample.model()
            _ = model(EVLSample.clips(EVLSample.configuration(frames: 3)))
        }
    }

    @Test("new models start as the released code does")
    func initial() throws {
        var configuration = EVLSample.configuration()
        func first(_ name: String) throws -> [Float] {
            let parameters = try Parameters.build(.random(Generator(seed: 3))) { EVL($0, configuration) }.parameters
            return try #require(parameters[name]).array(of: Float.self)
        }
        for zero in ["cls_token", "temporal_pos_embed.0", "cross_attention.1.w1", "decoder_layers.0.attn.q_proj.bias"] {
            #expect(try first("decoder.\(zero)").allSatisfy { $0 == 0 })
        }
        #expect(try first("backbone.conv1.bias").allSatisfy { $0 == 0 })
        let taps = try first("decoder.temporal_conv.0.weight").map(abs)
        #expect(taps.allSatisfy { $0 <= 0.5774 } && (taps.max() ?? 0) > 0.5)
        #expect(try first("decoder.decoder_layers.1.mlp.fc1.bias").allSatisfy { $0 != 0 && abs($0) < 1e-5 })
        configuration.queryInitial = .normal
        #expect(try first("decoder.cls_token").allSatisfy { $0 != 0 && abs($0) < 0.1 })
    }
}
