import Testing
import Torch

@Suite("Freezing")
struct FreezingTests {
    /// Every parameter and the buffer take part in the loss.
    private func loss(_ model: SampleModel) -> Tensor {
        let x = model.table(Tensor([0, 1, 2, 3]))
        let y = model.blocks.reduce(x) { $1($0) }
        return (model.norm(y - model.mean) * model.scale.exp).pow(2).sum() + y.sum()
    }

    static let selections: [[String]] = [[], ["logit_scale"], ["norm.", "blocks.1."], ["blocks."], [""]]

    @Test("only the chosen parameters get gradients and change; buffers never do", arguments: selections)
    func freezing(_ prefixes: [String]) throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 2))) { SampleModel($0) }
        let trained = parameters.train { name in prefixes.contains { name.hasPrefix($0) } }
        let chosen = SampleModel.names.filter { name in
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
        for name in SampleModel.names {
            let tensor = try #require(parameters[name])
            let isChosen = chosen.contains(name)
            #expect(tensor.requiresGradient == isChosen, "\(name)")
            #expect((tensor.gradient != nil) == isChosen, "\(name)")
            #expect((tensor.array(of: Float.self) != before[name]) == isChosen, "\(name)")
        }
    }

    @Test("a whole component must match: block 1 is not block 10")
    func components() throws {
        let parameters = try Parameters.build(.random()) { SampleModel($0) }.parameters
        let trained = parameters.train { $0.hasPrefix("blocks.1.") }
        #expect(trained.names == ["blocks.1.weight", "blocks.1.bias"])
        #expect(trained.tensors.map(\.shape) == [[2, 2], [2]])
        #expect(trained.filter { _, tensor in tensor.rank > 1 }.names == ["blocks.1.weight"])
    }

    @Test("choosing anew freezes what is no longer chosen and forgets its gradient")
    func rechoosing() throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 2))) { SampleModel($0) }
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
        let (model, parameters) = try Parameters.build(.random()) { SampleModel($0) }
        #expect(parameters.tensors.values.allSatisfy { !$0.requiresGradient })
        #expect(!loss(model).requiresGradient)
    }
}
