import Testing
import Torch

@Suite("AdamW")
struct AdamWTests {
    private struct Model {
        let linear: Linear
        let embedding: Embedding
        init(_ scope: Scope) {
            linear = Linear(scope / "linear", 4, 3)
            embedding = Embedding(scope / "embedding", 5, 4)
        }

        /// A loss that gives every parameter a gradient, other in each step.
        func loss(_ step: Int) -> Tensor {
            let x = embedding(Tensor([step % 5, (step + 2) % 5])) + Double(step)
            return linear(x).tanh.pow(2).sum()
        }
    }

    private struct Run {
        let model: Model
        let parameters: Parameters
        let trained: TrainedParameters
        let optimizer: AdamW

        init(_ source: ParameterSource = .random(Generator(seed: 3))) throws {
            (model, parameters) = try Parameters.build(source) { Model($0) }
            trained = parameters.train { _ in true }
            optimizer = AdamW(ParameterGroup.decayingMatrices(trained, weightDecay: 0.1))
        }

        func steps(_ range: Range<Int>) {
            for step in range {
                trained.clearGradients()
                model.loss(step).backward()
                optimizer.step(learningRate: 0.01)
            }
        }

        var values: [String: [Float]] { parameters.tensors.mapValues { $0.array() } }
    }

    @Test("a restored state goes on bit for bit")
    func resumption() throws {
        let whole = try Run()
        whole.steps(0..<3)
        let (weights, state) = (whole.parameters.tensors.mapValues { $0.detached().cloned() }, whole.optimizer.state)
        let saved = state.mapValues { $0.cloned() }
        whole.steps(3..<6)

        let resumed = try Run(.checkpoint(weights))
        try resumed.optimizer.restore(saved)
        resumed.steps(3..<6)
        #expect(resumed.values == whole.values)

        let forgetful = try Run(.checkpoint(weights.mapValues { $0.detached().cloned() }))
        forgetful.steps(3..<6)
        #expect(forgetful.values != whole.values)
    }

    @Test("restoring copies: the saved state does not change with further steps")
    func restoringCopies() throws {
        let run = try Run()
        run.steps(0..<1)
        let saved = run.optimizer.state.mapValues { $0.cloned() }
        let before = saved.mapValues { $0.array(of: Float.self) }
        try run.optimizer.restore(saved)
        run.steps(1..<2)
        #expect(saved.mapValues { $0.array(of: Float.self) } == before)
    }

    @Test("the state is named by parameters and counts the steps")
    func state() throws {
        let run = try Run()
        run.steps(0..<4)
        let state = run.optimizer.state
        let names = run.parameters.names
        #expect(
            state.keys.sorted()
                == (names.map { "exp_avg.\($0)" } + names.map { "exp_avg_sq.\($0)" } + names.map { "step.\($0)" })
                .sorted())
        for name in names {
            #expect(state["step.\(name)"]?.item(Int.self) == 4)
            #expect(state["exp_avg.\(name)"]?.shape == run.parameters[name]?.shape)
        }
    }

    @Test("a state that does not fit is reported whole and changes nothing")
    func misfit() throws {
        let run = try Run()
        run.steps(0..<2)
        let before = run.optimizer.state.mapValues { $0.array(of: Float.self) }
        var saved = run.optimizer.state.mapValues { $0.cloned() * 2 }
        saved["exp_avg.linear.bias"] = nil
        saved["step.other"] = Tensor(Float(1))
        saved["exp_avg_sq.linear.weight"] = .zeros([4, 3])
        let error = #expect(throws: ParameterError.self) { try run.optimizer.restore(saved) }
        let found = try #require(error)
        #expect(found.missing == ["exp_avg.linear.bias"])
        #expect(found.unexpected == ["step.other"])
        #expect(found.mismatched.map(\.name) == ["exp_avg_sq.linear.weight"])
        #expect(run.optimizer.state.mapValues { $0.array(of: Float.self) } == before)
    }

    @Test("matrices decay, vectors do not")
    func groups() throws {
        let run = try Run()
        #expect(
            run.optimizer.groups.map { $0.parameters.names.sorted() } == [
                ["embedding.weight", "linear.weight"], ["linear.bias"],
            ])
        #expect(run.optimizer.groups.map(\.weightDecay) == [0.1, 0])
        #expect(ParameterGroup.decayingMatrices(run.trained.filter { _, _ in false }, weightDecay: 1).isEmpty)
    }

    @Test("a step without any gradient changes nothing")
    func noGradients() throws {
        let run = try Run()
        let before = run.values
        run.optimizer.step(learningRate: 1)
        #expect(run.values == before)
        #expect(run.optimizer.state["step.linear.bias"]?.item(Int.self) == 0)
    }

    @Test("a parameter that is a view with gaps or in another order steps like a plain one")
    func strided() throws {
        let base = Generator(seed: 6).normal([6, 4])
        let views = [
            "transposed": base.cloned().transposed(), "gaps": base.slice(0, 0..<6, step: 2).slice(1, 0..<4, step: 2),
            "repeated": Tensor([Float(2)]).expanded(5),
        ]
        let plain = views.mapValues { Tensor($0.array(of: Float.self), shape: $0.shape) }
        let before = base.array(of: Float.self)
        let results = try [views, plain].map { tensors in
            let parameters = try Parameters.build(.checkpoint(tensors)) { scope in
                for (name, tensor) in tensors { _ = scope.parameter(name, shape: tensor.shape, initial: .zeros) }
            }.parameters
            let trained = parameters.train { _ in true }
            let optimizer = AdamW([ParameterGroup(trained, weightDecay: 0.1)])
            for _ in 0..<3 {
                trained.clearGradients()
                accumulate(parameters.tensors.mapValues { ($0.detached() * 2).contiguous() }, in: parameters)
                optimizer.step(learningRate: 0.05)
            }
            return parameters.tensors.mapValues { $0.array(of: Float.self) }
        }
        #expect(results[0] == results[1])
        #expect(base.array(of: Float.self) == before)
    }

    @Test("with decay in the gradient it is Adam", arguments: [0.0, 0.2])
    func adam(_ decay: Double) throws {
        let first = [1.0, -2, 0.5], slopes = [0.3, -0.1, 0.0]
        let (weight, parameters) = try Parameters.build(.checkpoint(["w": Tensor(first)])) {
            $0.parameter("w", 3, initial: .zeros)
        }
        let trained = parameters.train { _ in true }
        let optimizer = AdamW([ParameterGroup(trained, weightDecay: decay)], betas: (0.9, 0.98), decay: .gradient)
        var (w, m, v) = (first, [0.0, 0, 0], [0.0, 0, 0])
        for step in 1...4 {
            trained.clearGradients()
            (weight * Tensor(slopes)).sum().backward()
            optimizer.step(learningRate: 0.01)
            for i in w.indices {
                let g = slopes[i] + decay * w[i]
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.98 * v[i] + 0.02 * g * g
                let (mean, square) = (m[i] / (1 - power(0.9, step)), v[i] / (1 - power(0.98, step)))
                w[i] -= 0.01 * mean / (square.squareRoot() + 1e-8)
            }
            expectClose(weight.detached(), Tensor(w), absolute: 1e-12, relative: 1e-10)
        }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }
}
