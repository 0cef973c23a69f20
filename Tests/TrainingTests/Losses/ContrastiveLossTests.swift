import FixtureSupport
import Testing
import Torch
import Training

@Suite("The contrastive loss")
struct ContrastiveLossTests {
    static let groups = [[0, 1, 2, 3], [0, 0, 1, 2], [7, 3, 7, 3], [5, 5, 5, 5], [9, 1, 1, 1]]
    private let videos = numbers(seed: 1), texts = numbers(seed: 2), scale = 1.3

    /// Four features of three numbers.
    private static func numbers(seed: UInt64) -> [[Double]] {
        let values = Generator(seed: seed).normal([12], dtype: .float64).array(of: Double.self)
        return (0..<4).map { Array(values[$0 * 3..<$0 * 3 + 3]) }
    }

    private func tensor(_ rows: [[Double]]) -> Tensor { Tensor(rows.flatMap(\.self), shape: [rows.count, 3]) }

    /// The formula, number by number.
    private func expected(_ videos: [[Double]], _ texts: [[Double]], _ scale: Double, _ groups: [Int]) -> Double {
        func norm(_ v: [Double]) -> Double { v.map { $0 * $0 }.reduce(0, +).squareRoot() }
        let logits = videos.map { v in
            texts.map { t in exponential(scale) * zip(v, t).map(*).reduce(0, +) / (norm(v) * norm(t)) }
        }
        func crossEntropy(_ logits: [[Double]]) -> Double {
            let rows = zip(logits, groups).map { row, group in
                let total = logarithm(row.map(exponential).reduce(0, +))
                let own = zip(row, groups).filter { $1 == group }.map { total - $0.0 }
                return own.reduce(0, +) / Double(own.count)
            }
            return rows.reduce(0, +) / Double(rows.count)
        }
        let transposed = logits.indices.map { column in logits.map { $0[column] } }
        return (crossEntropy(logits) + crossEntropy(transposed)) / 2
    }

    private func exponential(_ x: Double) -> Double { Tensor(x).exp.item(Double.self) }
    private func logarithm(_ x: Double) -> Double { Tensor(x).log.item(Double.self) }

    private func loss(_ videos: Tensor, _ texts: Tensor, _ scale: Tensor, _ groups: [Int]) -> Tensor {
        ContrastiveLoss()(videos: videos, texts: texts, logitScale: scale, groups: groups)
    }

    @Test("equals the formula in both precisions", arguments: groups)
    func formula(_ groups: [Int]) {
        let wanted = expected(videos, texts, scale, groups)
        let double = loss(tensor(videos), tensor(texts), Tensor(scale), groups)
        #expect(double.shape == [])
        #expect(abs(double.item(Double.self) - wanted) < 1e-12)
        let single = loss(
            tensor(videos).to(dtype: .float32), tensor(texts).to(dtype: .float32), Tensor(Float(scale)), groups)
        #expect(single.dtype == .float32)
        #expect(abs(single.item(Double.self) - wanted) < 1e-5)
    }

    @Test("without equal texts it is CLIP's cross entropy with the diagonal")
    func plain() {
        let logits =
            tensor(videos).normalized().matmul(tensor(texts).normalized().transposed()) * Tensor(scale).exp
        let classes = Tensor.arange(0..<4)
        let clip = (logits.crossEntropy(classes) + logits.transposed().crossEntropy(classes)) * 0.5
        expectClose(
            loss(tensor(videos), tensor(texts), Tensor(scale), [4, 2, 9, 0]), clip, absolute: 1e-12, relative: 0)
    }

    @Test("equal groups of other numbers give the same loss")
    func names() {
        let one = loss(tensor(videos), tensor(texts), Tensor(scale), [0, 0, 1, 2])
        let other = loss(tensor(videos), tensor(texts), Tensor(scale), [8, 8, -1, 3])
        expectClose(other, one, absolute: 0, relative: 0)
    }

    @Test("the length of a feature does not matter")
    func lengths() {
        let long = loss(tensor(videos) * 7, tensor(texts) * 0.1, Tensor(scale), [0, 1, 1, 2])
        expectClose(long, loss(tensor(videos), tensor(texts), Tensor(scale), [0, 1, 1, 2]), absolute: 1e-12)
    }

    @Test("gradients equal finite differences", arguments: groups)
    func gradients(_ groups: [Int]) throws {
        let inputs = [tensor(videos), tensor(texts), Tensor(scale)]
        inputs.forEach { $0.setRequiresGradient(true) }
        let gradients = loss(inputs[0], inputs[1], inputs[2], groups).gradients(by: inputs)
        let step = 1e-5
        for (number, input) in inputs.enumerated() {
            let values = input.array(of: Double.self)
            let slopes = values.indices.map { place in
                func value(_ change: Double) -> Double {
                    var moved = inputs.map { $0.detached() }
                    var changed = values
                    changed[place] += change
                    moved[number] = Tensor(changed, shape: input.shape)
                    return loss(moved[0], moved[1], moved[2], groups).item(Double.self)
                }
                return (value(step) - value(-step)) / (2 * step)
            }
            expectClose(
                try #require(gradients[number]), Tensor(slopes, shape: input.shape), absolute: 1e-8, relative: 1e-6)
        }
    }
}
