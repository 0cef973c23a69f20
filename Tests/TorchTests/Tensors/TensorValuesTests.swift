import Testing
import Torch

@Suite("Values")
struct TensorValuesTests {
    @Test("makers")
    func makers() {
        #expect(Tensor.zeros([2, 2]).array() == [Float(0), 0, 0, 0])
        #expect(Tensor.ones([2], dtype: .int32).array() == [1, 1])
        #expect(Tensor.full([], 2.5, dtype: .float64).item() == 2.5)
        #expect(Tensor.arange(-2..<3).array() == [-2, -1, 0, 1, 2])
        #expect(Tensor.arange(3..<3).shape == [0])
        #expect(Tensor.arange(0..<3, dtype: .float32).dtype == .float32)
        #expect(Tensor.identity(2).array() == [Float(1), 0, 0, 1])
    }

    @Test("shape, rank and count")
    func sizes() {
        let x = Tensor.zeros([2, 0, 3])
        #expect(x.shape == [2, 0, 3] && x.rank == 3 && x.count == 0)
        #expect(Tensor(1.0).shape == [] && Tensor(1.0).rank == 0 && Tensor(1.0).count == 1)
    }

    @Test("the description shows small tensors whole")
    func description() {
        #expect(Tensor([Float(1), 2.5]).description == "float32[2] [1.0, 2.5]")
        #expect(Tensor([1, 2, 3, 4], shape: [2, 2]).description == "int64[2, 2] [1, 2, 3, 4]")
        #expect(Tensor.zeros([100, 3], dtype: .bfloat16).description == "bfloat16[100, 3]")
    }

    @Test("a clone has storage of its own, a detached tensor shares it")
    func copies() {
        let x = Tensor([1.0, 2])
        let (clone, shared) = (x.cloned(), x.detached())
        x.fill(7)
        #expect(clone.array() == [1.0, 2] && shared.array() == [7.0, 7])
    }

    @Test("copying converts and broadcasts, and reaches views")
    func copying() {
        let x = Tensor.zeros([2, 3])
        x.copy(from: Tensor([1, 2, 3]))
        #expect(x.array() == [Float(1), 2, 3, 1, 2, 3])
        x.transposed().slice(0, 1..<2).copy(from: Tensor(9.0))
        #expect(x.array() == [Float(1), 9, 3, 1, 9, 3])
    }

    @Test("overwriting a trained parameter is not recorded")
    func overwriting() {
        let x = Tensor([1.0, 2])
        x.setRequiresGradient(true)
        x.copy(from: Tensor([3.0, 4]))
        x.fill(5)
        #expect(x.requiresGradient && x.array() == [5.0, 5])
    }

    @Test("values of a trained, non-contiguous tensor can be read")
    func reading() {
        let x = Tensor([1.0, 2, 3, 4], shape: [2, 2])
        x.setRequiresGradient(true)
        #expect(x.transposed().array() == [1.0, 3, 2, 4])
    }

    @Test("tensors are handed over to other threads and released there")
    func handover() {
        let sums = (0..<8).map { index in
            let x = Tensor.full([64], Double(index))
            return OtherThread.result { x.sum() }
        }
        #expect(sums.map { $0.item(Int.self) } == (0..<8).map { 64 * $0 })
    }
}
