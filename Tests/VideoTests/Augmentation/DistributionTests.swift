import Foundation
import Testing
import Video

@Suite("Distributions")
struct DistributionTests {
    private func sample(_ count: Int, seed: UInt64, _ draw: (inout SeededDraws) -> Double) -> [Double] {
        var draws = SeededDraws(seed: seed)
        return (0..<count).map { _ in draw(&draws) }
    }

    private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
    }

    /// The largest distance between the sample's and the distribution's function (Kolmogorov), times √n.
    private func distance(_ values: [Double], _ function: (Double) -> Double) -> Double {
        let n = Double(values.count)
        let worst = values.sorted().enumerated().map { place, value in
            max(abs(function(value) - Double(place) / n), abs(function(value) - Double(place + 1) / n))
        }.max()
        return (worst ?? 1) * n.squareRoot()
    }

    @Test("normal deviates")
    func normal() {
        let values = sample(20_000, seed: 1) { $0.normal() }
        #expect(distance(values) { 0.5 * (1 + erf($0 / 2.0.squareRoot())) } < 1.63)  // 1 % level
    }

    @Test("gamma deviates have the mean and variance of their shape", arguments: [0.05, 0.3, 0.8, 1, 2.5, 30])
    func gamma(_ shape: Double) {
        let (mean, variance) = moments(sample(40_000, seed: 2) { $0.gamma(shape: shape) })
        #expect(abs(mean / shape - 1) < 0.06)
        #expect(abs(variance / shape - 1) < 0.12)
    }

    @Test("gamma of shape 1 is exponential, of shape ½ a squared normal")
    func gammaFunctions() {
        #expect(distance(sample(20_000, seed: 3) { $0.gamma(shape: 1) }) { 1 - exp(-$0) } < 1.63)
        #expect(distance(sample(20_000, seed: 4) { $0.gamma(shape: 0.5) }) { erf($0.squareRoot()) } < 1.63)
    }

    @Test("beta deviates: uniform, arcsine and square root are known functions")
    func betaFunctions() {
        #expect(distance(sample(20_000, seed: 5) { $0.beta(1, 1) }) { $0 } < 1.63)
        #expect(distance(sample(20_000, seed: 6) { $0.beta(0.5, 0.5) }) { 2 / .pi * asin($0.squareRoot()) } < 1.63)
        #expect(distance(sample(20_000, seed: 7) { $0.beta(0.5, 1) }) { $0.squareRoot() } < 1.63)
        #expect(distance(sample(20_000, seed: 8) { $0.beta(2, 1) }) { $0 * $0 } < 1.63)
    }

    @Test(
        "beta of equal shapes: mean ½, variance 1 / (4 (2a + 1)), even where gammas underflow",
        arguments: [
            0.001, 0.1, 0.8, 8,
        ])
    func betaMoments(_ shape: Double) {
        let values = sample(20_000, seed: 9) { $0.beta(shape, shape) }
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
        let (mean, variance) = moments(values)
        #expect(abs(mean - 0.5) < 0.015)
        #expect(abs(variance * 4 * (2 * shape + 1) - 1) < 0.05)
    }

    @Test("mixtures: how often, which kind, the share of what is left")
    func mixtures() throws {
        var rule = BatchMixing()
        (rule.probability, rule.cutmixShare) = (0.5, 0.25)
        var draws = SeededDraws(seed: 10)
        let size = PixelSize(width: 20, height: 10)
        let all = (0..<4000).map { _ in rule.mixture(batch: 4, size: size, draws: &draws) }
        let mixed = all.compactMap { $0 }
        #expect(abs(Double(mixed.count) / 4000 - 0.5) < 0.03)
        let cut = mixed.filter { $0.box != nil }
        #expect(abs(Double(cut.count) / Double(mixed.count) - 0.25) < 0.03)
        for mixture in cut {
            let box = try #require(mixture.box)
            #expect(box.left >= 0 && box.top >= 0 && box.left + box.width <= 20 && box.top + box.height <= 10)
            #expect(abs(mixture.share - 1 + Double(box.width * box.height) / 200) < 1e-12)
        }
        #expect(mixed.allSatisfy { $0.partners == [3, 2, 1, 0] })
        #expect(rule.mixture(batch: 1, size: size, draws: &draws) == nil)
        rule.partners = .permuted
        let permuted = (0..<200).compactMap { _ in rule.mixture(batch: 3, size: size, draws: &draws)?.partners }
        #expect(permuted.allSatisfy { $0.sorted() == [0, 1, 2] } && Set(permuted).count == 6)
    }
}
