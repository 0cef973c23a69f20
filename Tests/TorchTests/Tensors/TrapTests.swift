import FixtureSupport
import Testing
import Torch

/// A mistake of a programmer and the words it must end the process with.
enum Trap: String, CaseIterable, Codable, Sendable {
    case linear, addition, values, item, slice, convolution, attention, crossEntropy
    case rows, scatter, lstm, topK, backward, restoredGenerator, nesterov, threads

    var message: String {
        switch self {
        case .linear: "linear: [3, 5, 128] x [512, 64]: "
        case .addition: "[2, 3] + [4]: The size of tensor a (3) must match"
        case .values: "tensor: 3 values for shape [2, 2]"
        case .item: "item: the tensor has 2 elements, shape [2]"
        case .slice: "slice 1..<4 of axis 0 of [3]"
        case .convolution: "convolution: [1, 3, 8, 8] x [4, 2, 3, 3], groups 1: "
        case .attention: "attention: [1, 2, 3, 4], [1, 2, 5, 6], [1, 2, 5, 4]: "
        case .crossEntropy: "crossEntropy: [2, 3], target [2]: Target 3 is out of bounds"
        case .rows: "rows [2] of [3, 2]: index out of range"
        case .scatter: "scatter [1], [3]: index 3 is out of bounds"
        case .lstm: "lstm: [2, 3, 4], states [1, 2, 5], [1, 2, 5], parameters [[2, 3], [2, 3], [3], [3]]"
        case .topK: "topK 4 of [3]: "
        case .backward: "backward [2]: grad can be implicitly created only for scalar outputs"
        case .restoredGenerator: "generator state: "
        case .nesterov: "SGD: Nesterov's step needs momentum"
        case .threads: "threads: 0"
        }
    }

    func run() {
        let (x, y) = (Tensor.zeros([2, 3]), Tensor.zeros([3]))
        switch self {
        case .linear: _ = Tensor.zeros([3, 5, 128]).linear(.zeros([512, 64]))
        case .addition: _ = x + .zeros([4])
        case .values: _ = Tensor([1, 2, 3], shape: [2, 2])
        case .item: _ = Tensor([1, 2]).item(Int.self)
        case .slice: _ = y.slice(0, 1..<4)
        case .convolution: _ = Tensor.zeros([1, 3, 8, 8]).convolution(.zeros([4, 2, 3, 3]))
        case .attention: _ = Tensor.zeros([1, 2, 3, 4]).attention(.zeros([1, 2, 5, 6]), .zeros([1, 2, 5, 4]))
        case .crossEntropy: _ = x.crossEntropy(Tensor([0, 3]))
        case .rows: _ = x.transposed().rows(Tensor([0, 3]))
        case .scatter: _ = y.scattered(0, Tensor([3]), from: Tensor([Float(1)]))
        case .lstm:
            let state = Tensor.zeros([1, 2, 5])
            _ = Tensor.zeros([2, 3, 4]).lstm(hidden: state, cell: state, parameters: [x, x, y, y], layers: 1)
        case .topK: _ = y.topK(4)
        case .backward:
            let leaf = Tensor.zeros([2])
            leaf.setRequiresGradient(true)
            (leaf * 2).backward()
        case .restoredGenerator: Generator(seed: 0).state = Tensor([UInt8(1), 2, 3])
        case .nesterov: _ = SGD([], isNesterov: true)
        case .threads: TorchRuntime.threads = 0
        }
    }
}

@Suite("Programmer mistakes")
struct TrapTests {
    @Test("end the process with the operation, the shapes and LibTorch's words", arguments: Trap.allCases)
    func traps(_ trap: Trap) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [trap] in
            trap.run()
        }
        expectMessage(result, trap.message)
    }
}
