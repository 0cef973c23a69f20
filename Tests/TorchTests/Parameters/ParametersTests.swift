import Testing
import Torch

/// A model with nested places, a buffer and a parameter without axes.
private struct Model {
    let blocks: [Linear]
    let norm: LayerNorm
    let table: Embedding
    let scale: Tensor
    let mean: Tensor

    init(_ scope: Scope) {
        blocks = [0, 1, 10].map { Linear(scope / "blocks" / $0, 2, 2) }
        norm = LayerNorm(scope / "norm", 2)
        table = Embedding(scope / "table", 4, 2)
        scale = scope.parameter("logit_scale", initial: .constant(2))
        mean = scope.buffer("running_mean", 2, initial: .zeros)
    }

    static let names = [
        "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias", "blocks.10.weight", "blocks.10.bias",
        "norm.weight", "norm.bias", "table.weight", "logit_scale", "running_mean",
    ]

    /// A checkpoint that fits.
    static func checkpoint() throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 21))) { Model($0) }.parameters.tensors
    }
}

@Suite("Parameters")
struct ParametersTests {
    @Test("names are paths, in the order of declaration")
    func names() throws {
        let parameters = try Parameters.build(.random()) { Model($0) }.parameters
        #expect(parameters.names == Model.names)
        #expect(parameters.tensors.keys.sorted() == Model.names.sorted())
        #expect(parameters["norm.weight"]?.shape == [2])
        #expect(parameters["norm"] == nil && parameters["blocks.2.weight"] == nil)
    }

    @Test("the same seed gives the same model, another one another")
    func seeds() throws {
        func values(_ seed: UInt64) throws -> [String: [Float]] {
            try Parameters.build(.random(Generator(seed: seed))) { Model($0) }.parameters.tensors
                .mapValues { $0.array() }
        }
        #expect(try values(1) == values(1))
        #expect(try values(1) != values(2))
    }

    @Test("counts leave buffers out and may be filtered")
    func counts() throws {
        let parameters = try Parameters.build(.random()) { Model($0) }.parameters
        #expect(parameters.count() == 3 * 6 + 4 + 8 + 1)
        #expect(parameters.count { $0.hasPrefix("blocks.1.") } == 6)
        #expect(parameters.count { $0 == "running_mean" } == 0)
    }

    @Test("a checkpoint's tensors become the model's")
    func loading() throws {
        let tensors = try Model.checkpoint()
        let (model, parameters) = try Parameters.build(.checkpoint(tensors)) { Model($0) }
        for name in Model.names {
            #expect(parameters[name]?.array(of: Float.self) == tensors[name]?.array(of: Float.self))
        }
        #expect(model.table.weight.array() == tensors["table.weight"]?.array(of: Float.self))
    }

    @Test("half-precision checkpoints keep their type", arguments: [DType.float16, .bfloat16, .float64])
    func types(_ dtype: DType) throws {
        let tensors = try Model.checkpoint().mapValues { $0.to(dtype: dtype) }
        let parameters = try Parameters.build(.checkpoint(tensors)) { Model($0) }.parameters
        #expect(parameters.tensors.values.allSatisfy { $0.dtype == dtype })
    }

    @Test("names declared fresh may be missing and get new values; the others keep theirs")
    func fresh() throws {
        var tensors = try Model.checkpoint()
        for name in tensors.keys where name.hasPrefix("norm.") || name == "logit_scale" { tensors[name] = nil }
        let source = ParameterSource.checkpoint(tensors, fresh: { $0.hasPrefix("norm.") || $0 == "logit_scale" })
        let (model, parameters) = try Parameters.build(source) { Model($0) }
        #expect(model.norm.weight.array() == [Float(1), 1])
        #expect(model.scale.item() == Float(2))
        #expect(parameters["table.weight"]?.array(of: Float.self) == tensors["table.weight"]?.array())
    }

    @Test("a name that may be fresh is still taken from the checkpoint, and must fit")
    func freshButThere() throws {
        var tensors = try Model.checkpoint()
        tensors["logit_scale"] = Tensor(Float(7))
        let model = try Parameters.build(.checkpoint(tensors, fresh: { _ in true })) { Model($0) }.model
        #expect(model.scale.item() == Float(7))
        tensors["logit_scale"] = Tensor([Float(7)])
        #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors, fresh: { _ in true })) { Model($0) }
        }
    }

    @Test("unknown names are an error unless the source is lenient; missing ones always are")
    func strictness() throws {
        var tensors = try Model.checkpoint()
        tensors["optimizer.step"] = Tensor(1)
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { Model($0) }
        }
        #expect(error?.unexpected == ["optimizer.step"])
        _ = try Parameters.build(.checkpoint(tensors, isStrict: false)) { Model($0) }
        tensors["norm.bias"] = nil
        let missing = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors, isStrict: false)) { Model($0) }
        }
        #expect(missing?.missing == ["norm.bias"])
        #expect(missing?.unexpected.isEmpty == true)
    }
}

@Suite("Reports of what does not fit")
struct ParameterErrorTests {
    @Test("one error lists everything that does not fit")
    func report() throws {
        let tensors = ["a.weight": Tensor.zeros([3, 2]), "c": Tensor.zeros([1]), "b": Tensor([Int64(1)], shape: [1])]
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { scope in
                (Linear(scope / "a", 3, 2), scope.parameter("b", 1, initial: .zeros))
            }
        }
        let found = try #require(error)
        #expect(found.missing == ["a.bias"])
        #expect(found.unexpected == ["c"])
        #expect(found.mismatched.map(\.name) == ["a.weight", "b"])
        #expect(found.duplicates.isEmpty)
        #expect(
            found.description == """
                the checkpoint does not fit the model; missing: a.bias; not part of the model: c; of another shape or \
                type: a.weight: the model has [2, 3], the checkpoint [3, 2], b: the model has [1], the checkpoint [1] \
                of int64
                """)
    }

    @Test("each list is sorted, whatever the order of declaration")
    func sorted() throws {
        let wrong = ["y", "x"].reduce(into: [String: Tensor]()) { $0[$1] = .zeros([9]) }
        let extra = ["q", "p"].reduce(into: wrong) { $0[$1] = .zeros([1]) }
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(extra)) { scope in
                for name in ["n", "y", "m", "x", "m", "n"] { _ = scope.parameter(name, 1, initial: .zeros) }
            }
        }
        let found = try #require(error)
        #expect(found.unexpected == ["p", "q"])
        #expect(found.mismatched.map(\.name) == ["x", "y"])
        #expect(found.duplicates == ["m", "n"])
        #expect(Set(found.missing) == ["m", "n"])
    }

    @Test(
        "equal numbers of elements are no fit: nothing is reshaped or broadcast",
        arguments: [[1], [], [4, 1], [2, 2]])
    func noBroadcast(_ shape: [Int]) {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(["w": .zeros(shape)])) { $0.parameter("w", 4, initial: .zeros) }
        }
        #expect(error?.mismatched.map(\.found) == ["\(shape)"])
    }

    @Test("truth values and integers are no parameters", arguments: DType.allCases.filter { !$0.isFloatingPoint })
    func integers(_ dtype: DType) {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(["w": .zeros([4], dtype: dtype)])) {
                $0.parameter("w", 4, initial: .zeros)
            }
        }
        #expect(error?.mismatched.map(\.description) == ["w: the model has [4], the checkpoint [4] of \(dtype)"])
    }

    @Test("a name declared twice is an error even without a checkpoint")
    func duplicates() {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.random()) { scope in (Linear(scope / "a", 1, 1), Linear(scope / "a", 1, 1)) }
        }
        #expect(error?.duplicates == ["a.bias", "a.weight"])
        #expect(error?.description.contains("declared twice: a.bias, a.weight") == true)
    }

    @Test("long lists are cut with their number")
    func long() {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint([:])) { scope in
                for index in 10..<21 { _ = scope.parameter("p\(index)", 1, initial: .zeros) }
            }
        }
        #expect(error?.missing.count == 11)
        #expect(error?.description.hasSuffix("missing: p10, p11, p12, p13, p14, p15, p16, p17 and 3 more") == true)
    }
}

@Suite("Freezing")
struct FreezingTests {
    /// Every parameter and the buffer take part in the loss.
    private func loss(_ model: Model) -> Tensor {
        let x = model.table(Tensor([0, 1, 2, 3]))
        let y = model.blocks.reduce(x) { $1($0) }
        return (model.norm(y - model.mean) * model.scale.exp).pow(2).sum() + y.sum()
    }

    static let selections: [[String]] = [[], ["logit_scale"], ["norm.", "blocks.1."], ["blocks."], [""]]

    @Test("only the chosen parameters get gradients and change; buffers never do", arguments: selections)
    func freezing(_ prefixes: [String]) throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 2))) { Model($0) }
        let trained = parameters.train { name in prefixes.contains { name.hasPrefix($0) } }
        let chosen = Model.names.filter { name in
            name != "running_mean" && prefixes.contains { name.hasPrefix($0) }
        }
        #expect(trained.names == chosen)
        #expect(trained.count == parameters.count { chosen.contains($0) })
        let before = parameters.tensors.mapValues { $0.array(of: Float.self) }
        let optimizers = (
            AdamW([ParameterGroup(trained, weightDecay: 0.1)]), SGD([ParameterGroup(trained)], momentum: 0.9)
        )
        for _ in 0..<2 {
            trained.clearGradients()
            let loss = loss(model)
            #expect(loss.requiresGradient == !chosen.isEmpty)
            if !chosen.isEmpty { loss.backward() }
            optimizers.0.step(learningRate: 0.01)
            optimizers.1.step(learningRate: 0.01)
        }
        for name in Model.names {
            let tensor = try #require(parameters[name])
            let isChosen = chosen.contains(name)
            #expect(tensor.requiresGradient == isChosen, "\(name)")
            #expect((tensor.gradient != nil) == isChosen, "\(name)")
            #expect((tensor.array(of: Float.self) != before[name]) == isChosen, "\(name)")
        }
    }

    @Test("a whole component must match: block 1 is not block 10")
    func components() throws {
        let parameters = try Parameters.build(.random()) { Model($0) }.parameters
        let trained = parameters.train { $0.hasPrefix("blocks.1.") }
        #expect(trained.names == ["blocks.1.weight", "blocks.1.bias"])
        #expect(trained.tensors.map(\.shape) == [[2, 2], [2]])
        #expect(trained.filter { _, tensor in tensor.rank > 1 }.names == ["blocks.1.weight"])
    }

    @Test("choosing anew freezes what is no longer chosen and forgets its gradient")
    func rechoosing() throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 2))) { Model($0) }
        parameters.train { _ in true }
        loss(model).backward()
        #expect(parameters["norm.weight"]?.gradient != nil)
        parameters.train { $0.hasPrefix("table.") }
        #expect(parameters["norm.weight"]?.gradient == nil)
        #expect(parameters["norm.weight"]?.requiresGradient == false)
        #expect(parameters["table.weight"]?.gradient != nil)
    }

    @Test("nothing is trained before train is called")
    func initially() throws {
        let (model, parameters) = try Parameters.build(.random()) { Model($0) }
        #expect(parameters.tensors.values.allSatisfy { !$0.requiresGradient })
        #expect(!loss(model).requiresGradient)
    }
}
