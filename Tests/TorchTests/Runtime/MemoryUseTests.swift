import Testing
import Torch

@Suite("Counting memory")
struct MemoryUseTests {
    @Test("what a computation holds and what it needs in between")
    func counts() {
        let before = Tensor.zeros([1000])
        let (result, memory) = measuringMemory { (before + 1).cloned() * 2 }
        #expect(memory.held == 4000)
        #expect((8000...12100).contains(memory.peak))
        #expect(result.count == 1000)
    }

    @Test("what is freed is not held")
    func freed() {
        let (_, memory) = measuringMemory { _ = Tensor.zeros([1000]) }
        #expect(memory.held == 0)
        #expect(memory.peak == 4000)
    }

    @Test("recorded operations hold what their gradients need")
    func graph() throws {
        let x = try Parameters.build(.random()) { $0.parameter("x", 1000, initial: .ones) }
        let (_, without) = measuringMemory { x.model.exp.exp.exp }
        x.parameters.train { _ in true }
        let (_, with) = measuringMemory { x.model.exp.exp.exp }
        #expect(without.held == 4000)
        #expect(with.held == 12000)
    }
}
