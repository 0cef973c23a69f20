import Testing

@testable import Torch

@Suite("Messages of many tensors")
struct TensorBucketsTests {
    private let float = TensorBuckets.Kind(.float32, .cpu)
    private let whole = TensorBuckets.Kind(.int64, .cpu)

    @Test("tensors of a kind go together until the message is full")
    func buckets() {
        func buckets(_ kinds: [TensorBuckets.Kind], _ bytes: [Int]) -> [[Int]] {
            TensorBuckets.buckets(kinds: kinds, bytes: bytes, capacity: 10)
        }
        #expect(buckets([], []) == [])
        #expect(buckets([float, float, float], [4, 6, 1]) == [[0, 1], [2]])
        #expect(buckets([float, whole, float, whole], [4, 4, 4, 4]) == [[0, 2], [1, 3]])
        #expect(buckets([float, float, float], [4, 20, 4]) == [[0], [1], [2]])
        #expect(buckets([float, float], [0, 0]) == [[0, 1]])
    }

    @Test("what is joined comes apart again, gaps and other types included")
    func parts() {
        let base = Tensor.arange(0..<12, dtype: .float16).reshaped(3, 4)
        let tensors = [base.slice(1, 0..<4, step: 3), .zeros([0, 2]), Tensor(Float(7)), base.cloned().transposed()]
        let before = tensors.map { $0.array(of: Double.self) }
        let message = TensorBuckets.joined(tensors, as: float)
        #expect(message.shape == [6 + 1 + 12])
        TensorBuckets.split(message * 2, over: [tensors[0], tensors[1], tensors[2], tensors[3]])
        #expect(tensors.map { $0.array(of: Double.self) } == before.map { $0.map { $0 * 2 } })
        #expect(base.array(of: Double.self)[1] == 1)
    }

    @Test("lists of other shapes or types have another outline")
    func outlines() {
        let lists: [[Tensor]] = [
            [], [.zeros([2, 3])], [.zeros([3, 2])], [.zeros([6])], [.zeros([2, 3], dtype: .float64)],
            [.zeros([2]), .zeros([3])],
        ]
        #expect(Set(lists.map { ProcessGroup.outline(of: $0) }).count == lists.count)
        #expect(ProcessGroup.outline(of: lists[1]) == ProcessGroup.outline(of: [.ones([2, 3])]))
    }
}
