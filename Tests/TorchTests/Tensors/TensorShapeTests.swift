import Testing
import Torch

@Suite("Shapes and indexing")
struct TensorShapeTests {
    private static let positions = Tensor([2, 0, 0, 1])

    static let gradients: [GradientCase] = [
        GradientCase("reshaped", [2, 3]) { $0[0].reshaped(3, -1) },
        GradientCase("permuted", [2, 3, 2]) { $0[0].permuted(2, 0, 1) },
        GradientCase("transposed", [2, 3]) { $0[0].transposed() },
        GradientCase("unsqueezed", [2, 3]) { $0[0].unsqueezed(1) },
        GradientCase("squeezed", [2, 1, 3]) { $0[0].squeezed(1) },
        GradientCase("expanded", [2, 1, 3]) { $0[0].expanded(4, 2, 5, -1) },
        GradientCase("select", [2, 3]) { $0[0].select(1, -1) },
        GradientCase("slice", [2, 6]) { $0[0].slice(1, 1..<6, step: 2) },
        GradientCase("slice from the end", [3, 2]) { $0[0].slice(-2, 1..<3) },
        GradientCase("concatenated", [2, 3], [2, 1]) { Tensor.concatenated([$0[0], $0[1], $0[0]], axis: 1) },
        GradientCase("stacked", [2, 3], [2, 3]) { Tensor.stacked([$0[0], $0[1]], axis: -1) },
        GradientCase("selected twice", [3, 2]) { $0[0].selected(0, positions) },
        GradientCase("gathered", [2, 3]) { $0[0].gathered(1, Tensor([2, 2, 0, 1], shape: [2, 2])) },
        GradientCase("scattered", [2, 3], [2, 2]) {
            $0[0].scattered(1, Tensor([2, 0, 0, 1], shape: [2, 2]), from: $0[1])
        },
        GradientCase("scatterAdded", [2, 3], [2, 2]) {
            $0[0].scatterAdded(1, Tensor([2, 2, 0, 1], shape: [2, 2]), from: $0[1])
        },
        GradientCase("elements", [2, 2]) { $0[0].elements(where: Tensor([true, false, true, true], shape: [2, 2])) },
        GradientCase("flipped", [2, 3]) { $0[0].flipped(0, 1) },
        GradientCase("rolled", [2, 3]) { $0[0].rolled(1, axis: 1) },
        GradientCase("repeated", [2, 3]) { $0[0].repeated(2, 1, 2) },
        GradientCase("repeatedInterleaved", [2, 3]) { $0[0].repeatedInterleaved(2, axis: 1) },
        GradientCase("lowerTriangle", [2, 3, 3]) { $0[0].lowerTriangle(diagonal: -1) },
        GradientCase("upperTriangle", [3, 3]) { $0[0].upperTriangle() },
        GradientCase("diagonal", [2, 3, 3]) { $0[0].diagonal(offset: 1, 1, 2) },
        GradientCase("windows that overlap", [2, 5]) { $0[0].windows(1, size: 3) },
        GradientCase("padded", [2, 3]) { $0[0].padded([1, 2, 0, 1], with: 4) },
        GradientCase("cropped", [2, 4]) { $0[0].padded([-1, -1]) },
    ]

    @Test("gradients equal central differences", arguments: gradients)
    func gradient(_ operation: GradientCase) { operation.check() }

    private let x = Tensor.arange(0..<6, dtype: .float64).reshaped(2, 3)

    @Test("moving axes moves the elements")
    func axes() {
        #expect(x.transposed().array() == [0.0, 3, 1, 4, 2, 5])
        #expect(x.permuted(1, 0).array() == [0.0, 3, 1, 4, 2, 5])
        #expect(x.transposed().reshaped(-1).array() == [0.0, 3, 1, 4, 2, 5])
        #expect(x.unsqueezed(0).shape == [1, 2, 3] && x.unsqueezed(-1).shape == [2, 3, 1])
        #expect(x.unsqueezed(1).squeezed(1).shape == [2, 3])
        #expect(x.squeezed(0).shape == [2, 3])
        #expect(x.expanded(2, -1, 3).array() == [0.0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    }

    @Test("strides and contiguity tell a view from a copy")
    func strides() {
        let y = x.transposed()
        #expect(x.strides == [3, 1] && x.isContiguous)
        #expect(y.strides == [1, 3] && !y.isContiguous)
        #expect(y.contiguous().strides == [2, 1] && y.contiguous().isContiguous)
        #expect(x.expanded(4, 2, 3).strides == [0, 3, 1])
    }

    @Test("selecting and slicing")
    func indexing() {
        #expect(x.select(0, -1).array() == [3.0, 4, 5])
        #expect(x.slice(1, 0..<3, step: 2).array() == [0.0, 2, 3, 5])
        #expect(x.slice(-1, 1..<2).array() == [1.0, 4])
        #expect(x.slice(0, 1..<1).shape == [0, 3])
        #expect(x.selected(1, Tensor([Int32(2), 2])).array() == [2.0, 2, 5, 5])
        #expect(x.elements(where: x.remainder(by: 2).equal(to: 1)).array() == [1.0, 3, 5])
        #expect(x.greater(than: 3).nonzero().array() == [1, 1, 1, 2])
        #expect(x.greater(than: 9).nonzero().shape == [0, 2])
    }

    @Test("joining")
    func joining() {
        #expect(Tensor.concatenated([x, x.slice(0, 0..<1)]).shape == [3, 3])
        #expect(Tensor.concatenated([x.select(1, 0), Tensor([9.0])]).array() == [0.0, 3, 9])
        #expect(Tensor.stacked([x, x], axis: 1).array() == [0.0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
        #expect(x.flipped(1).array() == [2.0, 1, 0, 5, 4, 3])
    }

    @Test("one-hot rows; an index out of range gives no one")
    func oneHot() {
        let rows = Tensor([2, 0, 5]).oneHot(3)
        #expect(rows.dtype == .float32 && rows.shape == [3, 3])
        #expect(rows.array(of: Int.self) == [0, 0, 1, 1, 0, 0, 0, 0, 0])
    }
}
