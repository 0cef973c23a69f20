import Testing
import Torch

@Suite("Parameters")
struct ParametersTests {
    @Test("names are paths, in the order of declaration")
    func names() throws {
        let parameters = try Parameters.build(.random()) { SampleModel($0) }.parameters
        #expect(parameters.names == SampleModel.names)
        #expect(parameters.tensors.keys.sorted() == SampleModel.names.sorted())
        #expect(parameters["norm.weight"]?.shape == [2])
        #expect(parameters["norm"] == nil && parameters["blocks.2.weight"] == nil)
    }

    @Test("the same seed gives the same model, another one another")
    func seeds() throws {
        func values(_ seed: UInt64) throws -> [String: [Float]] {
            try Parameters.build(.random(Generator(seed: seed))) { SampleModel($0) }.parameters.tensors
                .mapValues { $0.array() }
        }
        #expect(try values(1) == values(1))
        #expect(try values(1) != values(2))
    }

    @Test("counts leave buffers out and may be filtered")
    func counts() throws {
        let parameters = try Parameters.build(.random()) { SampleModel($0) }.parameters
        #expect(parameters.count() == 3 * 6 + 4 + 8 + 1)
        #expect(parameters.count { $0.hasPrefix("blocks.1.") } == 6)
        #expect(parameters.count { $0 == "running_mean" } == 0)
    }

    @Test("a checkpoint's tensors become the model's")
    func loading() throws {
        let tensors = try SampleModel.checkpoint()
        let (model, parameters) = try Parameters.build(.checkpoint(tensors)) { SampleModel($0) }
        for name in SampleModel.names {
            #expect(parameters[name]?.array(of: Float.self) == tensors[name]?.array(of: Float.self))
        }
        #expect(model.table.weight.array() == tensors["table.weight"]?.array(of: Float.self))
    }

    @Test("half-precision checkpoints keep their type", arguments: [DType.float16, .bfloat16, .float64])
    func types(_ dtype: DType) throws {
        let tensors = try SampleModel.checkpoint().mapValues { $0.to(dtype: dtype) }
        let parameters = try Parameters.build(.checkpoint(tensors)) { SampleModel($0) }.parameters
        #expect(parameters.tensors.values.allSatisfy { $0.dtype == dtype })
    }

    @Test("names declared fresh may be missing and get new values; the others keep theirs")
    func fresh() throws {
        var tensors = try SampleModel.checkpoint()
        for name in tensors.keys where name.hasPrefix("norm.") || name == "logit_scale" { tensors[name] = nil }
        let source = ParameterSource.checkpoint(tensors, fresh: { $0.hasPrefix("norm.") || $0 == "logit_scale" })
        let (model, parameters) = try Parameters.build(source) { SampleModel($0) }
        #expect(model.norm.weight.array() == [Float(1), 1])
        #expect(model.scale.item() == Float(2))
        #expect(parameters["table.weight"]?.array(of: Float.self) == tensors["table.weight"]?.array())
    }

    @Test("a name that may be fresh is still taken from the checkpoint, and must fit")
    func freshButThere() throws {
        var tensors = try SampleModel.checkpoint()
        tensors["logit_scale"] = Tensor(Float(7))
        let model = try Parameters.build(.checkpoint(tensors, fresh: { _ in true })) { SampleModel($0) }.model
        #expect(model.scale.item() == Float(7))
        tensors["logit_scale"] = Tensor([Float(7)])
        #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors, fresh: { _ in true })) { SampleModel($0) }
        }
    }

    @Test("unknown names are an error unless the source is lenient; missing ones always are")
    func strictness() throws {
        var tensors = try SampleModel.checkpoint()
        tensors["optimizer.step"] = Tensor(1)
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { SampleModel($0) }
        }
        #expect(error?.unexpected == ["optimizer.step"])
        _ = try Parameters.build(.checkpoint(tensors, isStrict: false)) { SampleModel($0) }
        tensors["norm.bias"] = nil
        let missing = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors, isStrict: false)) { SampleModel($0) }
        }
        #expect(missing?.missing == ["norm.bias"])
        #expect(missing?.unexpected.isEmpty == true)
    }
}
