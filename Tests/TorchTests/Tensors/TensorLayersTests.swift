import Testing
import Torch

@Suite("Layers' operations")
struct TensorLayersTests {
    private static let mask = Tensor([true, false, true, true, true, false], shape: [2, 3])

    static let products: [GradientCase] = [
        GradientCase("matmul", [2, 3], [3, 4]) { $0[0].matmul($0[1]) },
        GradientCase("matmul, batched and broadcast", [2, 1, 2, 3], [3, 3, 2]) { $0[0].matmul($0[1]) },
        GradientCase("matmul of vectors", [3], [3]) { $0[0].matmul($0[1]) },
        GradientCase("einsum btd,kd->btk", [2, 2, 3], [4, 3]) { Tensor.einsum("btd,kd->btk", $0[0], $0[1]) },
        GradientCase("einsum of three", [2, 3], [3, 2], [2]) { Tensor.einsum("ij,jk,k->i", $0[0], $0[1], $0[2]) },
        GradientCase("linear", [2, 2, 3], [4, 3], [4]) { $0[0].linear($0[1], $0[2]) },
        GradientCase("linear without bias", [2, 3], [4, 3]) { $0[0].linear($0[1]) },
        GradientCase("rows", [4, 3]) { $0[0].rows(Tensor([3, 0, 0], shape: [1, 3])) },
    ]

    static let normalisations: [GradientCase] = [
        GradientCase("layerNorm", [2, 2, 4], [4], [4]) { $0[0].layerNorm($0[1], $0[2]) },
        GradientCase("layerNorm, bare, large eps", [2, 4]) { $0[0].layerNorm(nil, nil, eps: 0.5) },
        GradientCase("batchNorm, training", [3, 2, 4], [2], [2]) { batchNorm($0, training: true) },
        GradientCase("batchNorm, running values", [3, 2, 4], [2], [2]) { batchNorm($0, training: false) },
        GradientCase("softmax", [2, 3]) { $0[0].softmax() },
        GradientCase("softmax along 0", [2, 3]) { $0[0].softmax(0) },
        GradientCase("logSoftmax", [2, 3]) { $0[0].logSoftmax() },
        GradientCase("logSoftmax along 0", [2, 3]) { $0[0].logSoftmax(0) },
    ]

    static let attention: [GradientCase] = [
        GradientCase("attention", [2, 1, 2, 3], [2, 1, 4, 3], [2, 1, 4, 2]) { $0[0].attention($0[1], $0[2]) },
        GradientCase("attention, scale", [1, 2, 2, 3], [1, 2, 3, 3], [1, 2, 3, 3]) {
            $0[0].attention($0[1], $0[2], scale: 0.7)
        },
        GradientCase("attention, causal", [1, 2, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2]) {
            $0[0].attention($0[1], $0[2], isCausal: true)
        },
        GradientCase("attention, truth mask", [1, 2, 2, 2], [1, 2, 3, 2], [1, 2, 3, 2]) {
            $0[0].attention($0[1], $0[2], mask: mask)
        },
        GradientCase("attention, added mask", [1, 2, 2, 2], [1, 2, 3, 2], [1, 2, 3, 2], [2, 3]) {
            $0[0].attention($0[1], $0[2], mask: $0[3])
        },
        GradientCase("attention, added mask for each head", [2, 2, 2, 2], [2, 2, 3, 2], [2, 2, 3, 2], [1, 2, 2, 3]) {
            $0[0].attention($0[1], $0[2], mask: $0[3], scale: 0.4)
        },
    ]

    static let convolutions: [GradientCase] = [
        GradientCase("convolution 1d", [2, 2, 5], [3, 2, 3], [3]) { $0[0].convolution($0[1], $0[2]) },
        GradientCase("convolution 1d, depthwise, padded", [1, 3, 4], [3, 1, 3], [3]) {
            $0[0].convolution($0[1], $0[2], padding: [1], groups: 3)
        },
        GradientCase("convolution 1d, dilated, strided", [1, 2, 9], [2, 2, 2]) {
            $0[0].convolution($0[1], stride: [2], padding: [2], dilation: [3])
        },
        GradientCase("convolution 2d, patches", [2, 3, 4, 4], [2, 3, 2, 2], [2]) {
            $0[0].convolution($0[1], $0[2], stride: [2])
        },
        GradientCase("convolution 2d, groups, unequal", [1, 4, 4, 5], [2, 2, 3, 2]) {
            $0[0].convolution($0[1], stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 2)
        },
        GradientCase("convolution 3d", [1, 2, 3, 3, 3], [2, 2, 2, 2, 2], [2]) { $0[0].convolution($0[1], $0[2]) },
        GradientCase("convolution 3d, depthwise in time", [1, 2, 4, 2, 2], [2, 1, 3, 1, 1], [2]) {
            $0[0].convolution($0[1], $0[2], padding: [1, 0, 0], groups: 2)
        },
        GradientCase("averagePool", [1, 2, 4, 5]) { $0[0].averagePool(2, stride: 2) },
        GradientCase("averagePool, overlapping", [1, 1, 4, 4]) { $0[0].averagePool(3, stride: 1) },
    ]

    static let interpolations: [GradientCase] =
        [
            GradientCase("nearest 1d", [1, 2, 4]) { $0[0].interpolated(to: [7], .nearest) },
            GradientCase("nearest 2d", [1, 2, 3, 2]) { $0[0].interpolated(to: [2, 5], .nearest) },
            GradientCase("linear", [1, 2, 4]) { $0[0].interpolated(to: [7], .linear) },
            GradientCase("linear, corners", [1, 2, 4]) { $0[0].interpolated(to: [3], .linear, alignCorners: true) },
        ]
        + [Interpolation.bilinear, .bicubic].flatMap { mode in
            [(false, false), (true, false), (false, true), (true, true)].map { corners, antialias in
                GradientCase("\(mode) corners \(corners) antialias \(antialias)", [1, 1, 5, 4]) {
                    $0[0].interpolated(to: [3, 6], mode, alignCorners: corners, antialias: antialias)
                }
            }
        }

    /// A layer of width 2 over width 3 forwards; the inputs are x, h, c and the four parameters of each layer.
    static let recurrences: [GradientCase] = [
        GradientCase("lstm", [2, 3, 3], [1, 2, 2], [1, 2, 2], [8, 3], [8, 2], [8], [8]) { lstm($0, layers: 1) },
        GradientCase(
            "lstm of two layers", [1, 3, 3], [2, 1, 2], [2, 1, 2], [8, 3], [8, 2], [8], [8], [8, 2], [8, 2], [8], [8]
        ) { lstm($0, layers: 2) },
        GradientCase(
            "lstm both ways", [1, 3, 3], [2, 1, 2], [2, 1, 2], [8, 3], [8, 2], [8], [8], [8, 3], [8, 2], [8], [8]
        ) { lstm($0, layers: 1, bidirectional: true) },
    ]

    private static func batchNorm(_ inputs: [Tensor], training: Bool) -> Tensor {
        let (mean, variance) = (Tensor([0.3, -0.2]), Tensor([0.5, 2]))
        return inputs[0].batchNorm(inputs[1], inputs[2], mean: mean, variance: variance, training: training)
    }

    private static func lstm(_ inputs: [Tensor], layers: Int, bidirectional: Bool = false) -> Tensor {
        let result = inputs[0].lstm(
            hidden: inputs[1], cell: inputs[2], parameters: Array(inputs[3...]), layers: layers,
            bidirectional: bidirectional)
        return Tensor.concatenated([result.output, result.hidden, result.cell].map { $0.reshaped(-1) })
    }

    @Test(
        "gradients equal central differences",
        arguments: products + normalisations + attention + convolutions + interpolations + recurrences)
    func gradient(_ operation: GradientCase) { operation.check() }

    @Test("attention is what its formula says")
    func attentionFormula() {
        let generator = Generator(seed: 3)
        let (q, k, v) = (
            generator.normal([2, 2, 3, 4], dtype: .float64), generator.normal([2, 2, 5, 4], dtype: .float64),
            generator.normal([2, 2, 5, 6], dtype: .float64)
        )
        let added = generator.normal([3, 5], dtype: .float64)
        expectClose(q.attention(k, v), (q.matmul(k.transposed()) / 2).softmax().matmul(v))
        expectClose(
            q.attention(k, v, mask: added, scale: 0.1), (q.matmul(k.transposed()) * 0.1 + added).softmax().matmul(v))
    }

    @Test("what the mask hides has no influence")
    func hiddenKeys() {
        let generator = Generator(seed: 4)
        let (q, k, v) = (
            generator.normal([1, 1, 2, 4]), generator.normal([1, 1, 3, 4]), generator.normal([1, 1, 3, 4])
        )
        let seen = Tensor([true, true, false], shape: [1, 3])
        expectClose(
            q.attention(k, v, mask: seen), q.attention(k.slice(2, 0..<2), v.slice(2, 0..<2)), absolute: 1e-6)
    }

    @Test("batch normalisation in training moves the running values by the momentum, unbiased")
    func runningValues() {
        let (x, mean, variance) = (Tensor([1.0, 2, 3, 6], shape: [4, 1]), Tensor([0.0]), Tensor([1.0]))
        _ = x.batchNorm(nil, nil, mean: mean, variance: variance, training: true, momentum: 0.25)
        expectClose(mean, Tensor([0.25 * 3]))
        expectClose(variance, Tensor([0.75 + 0.25 * 14 / 3]))
        _ = x.batchNorm(nil, nil, mean: mean, variance: variance, training: false)
        expectClose(mean, Tensor([0.25 * 3]))
    }
}
