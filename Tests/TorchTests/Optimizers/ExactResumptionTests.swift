import Testing
import Torch

extension DefaultGeneratorTests {
    /// A run that stops, is written to disk and goes on must not differ from one that did not stop.
    @Suite("Exact resumption", .serialized)
    struct ExactResumption {
        enum Kind: String, CaseIterable { case adamW, adam, sgd, nesterov }

        /// A model with dropout, whose numbers come from LibTorch's own generator.
        private struct Run {
            let model: (first: Linear, second: Linear)
            let parameters: Parameters
            let trained: TrainedParameters
            let optimizer: any Optimizer

            init(_ source: ParameterSource, _ kind: Kind) throws {
                (model, parameters) = try Parameters.build(source) {
                    (Linear($0 / "first", 6, 8), Linear($0 / "second", 8, 3))
                }
                trained = parameters.train { _ in true }
                let groups = ParameterGroup.decayingMatrices(trained, weightDecay: 0.1)
                optimizer =
                    switch kind {
                    case .adamW: AdamW(groups)
                    case .adam: AdamW(groups, decay: .gradient)
                    case .sgd: SGD(groups, momentum: 0.9)
                    case .nesterov: SGD(groups, momentum: 0.9, isNesterov: true)
                    }
            }

            /// Two micro-batches a step, and clipping.
            func losses(_ steps: Range<Int>) -> [Float] {
                steps.map { step in
                    trained.clearGradients()
                    let losses = [0, 1].map { part in
                        let x = Generator(seed: UInt64(step * 2 + part)).normal([4, 6])
                        let loss = model.second(model.first(x).gelu.dropout(0.3)).pow(2).mean() * 0.5
                        loss.backward()
                        return loss.item(Float.self)
                    }
                    trained.clipGradients(to: 0.5)
                    optimizer.step(learningRate: 0.01 / Double(step + 1))
                    return losses[0] + losses[1]
                }
            }

            /// Everything that a checkpoint needs.
            var checkpoint: [String: Tensor] {
                var all = ["generator": Generator.defaultState()]
                for (name, tensor) in parameters.tensors { all["model.\(name)"] = tensor }
                for (name, tensor) in optimizer.state { all["optimizer.\(name)"] = tensor }
                return all
            }
        }

        @Test("through a file, N steps are k steps and N - k steps to the last bit", arguments: Kind.allCases)
        func resumption(_ kind: Kind) throws {
            Generator.seedDefaults(5)
            let whole = try Run(.random(Generator(seed: 1)), kind)
            _ = whole.losses(0..<4)
            let saved = try roundTrip(whole.checkpoint)
            let expected = whole.losses(4..<9)

            Generator.seedDefaults(99)
            func part(_ prefix: String) -> [String: Tensor] {
                let names = saved.keys.filter { $0.hasPrefix(prefix) }
                return Dictionary(uniqueKeysWithValues: names.map { (String($0.dropFirst(prefix.count)), saved[$0]) })
                    .compactMapValues { $0 }
            }
            let resumed = try Run(.checkpoint(part("model.")), kind)
            try resumed.optimizer.restore(part("optimizer."))
            try Generator.restoreDefaultState(try #require(saved["generator"]))
            #expect(resumed.losses(4..<9) == expected)
            let (a, b) = (resumed.checkpoint, whole.checkpoint)
            #expect(a.keys.sorted() == b.keys.sorted())
            for (name, tensor) in a where name != "generator" {
                #expect(tensor.array(of: Float.self) == b[name]?.array(of: Float.self), "\(name)")
            }
            #expect(a["generator"]?.array(of: UInt8.self) == b["generator"]?.array(of: UInt8.self))
        }

        @Test("a generator's state is taken up; what is none is refused and changes nothing")
        func generator() throws {
            Generator.seedDefaults(3)
            let state = Generator.defaultState()
            let first = Tensor.ones([50]).dropout(0.5).array(of: Float.self)
            try Generator.restoreDefaultState(state)
            #expect(Tensor.ones([50]).dropout(0.5).array() == first)

            let before = Generator.defaultState().array(of: UInt8.self)
            let junk = Tensor([UInt8](repeating: 255, count: state.count))
            for bad in [Tensor([UInt8(1), 2]), state.to(dtype: .float32), junk] {
                #expect(throws: ParameterError.self) { try Generator.restoreDefaultState(bad) }
            }
            #expect(Generator.defaultState().array(of: UInt8.self) == before)
        }
    }
}
