import ActionModels
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("Spatial prediction by hand")
struct SpatialPredictionTests {
    private let scale = 2.0
    /// Three labels along the axes.
    private let prototypes = Tensor.identity(3)
    /// One video: a frame of the first label, one of the second, one between the first and the third.
    private let frames = Tensor([1, 0, 0, 0, 1, 0, 0.6, 0, 0.8] as [Float], shape: [1, 3, 3])

    private func group(_ mode: SpatialGroup.Mode, topM: Int? = nil) -> SpatialGroup {
        SpatialGroup("g", mode, topM: topM, templates: [.bare], labels: ["a", "b", "c"])
    }

    private func softmax(_ cosines: [Double], _ factor: Double) -> [Double] {
        let weights = cosines.map { exp($0 * factor) }
        return weights.map { $0 / weights.reduce(0, +) }
    }

    private var perFrame: [[Double]] { [[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]].map { softmax($0, scale) } }

    private func expect(_ actual: Tensor, _ rows: [[Double]]) {
        expectClose(
            actual, Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count]), absolute: 1e-6, relative: 1e-5)
    }

    private func targets(_ prediction: SpatialPrediction, _ group: SpatialGroup) -> Tensor {
        prediction.videoTargets(frames, prototypes, scale: scale, of: group)
    }

    @Test("one answer is the mean over frames, several are the largest of each")
    func byMode() {
        let p = perFrame
        expect(targets(.init(), group(.single)), [(0..<3).map { l in p.map { $0[l] }.reduce(0, +) / 3 }])
        let largest = (0..<3).map { l in p.map { $0[l] }.max() ?? 0 }, sum = largest.reduce(0, +)
        expect(targets(.init(), group(.multi)), [largest.map { $0 / sum }])
        let two = largest.sorted(by: >).prefix(2), least = two.last ?? 0
        let kept = largest.map { $0 >= least ? $0 / two.reduce(0, +) : 0 }
        expect(targets(.init(), group(.multi, topM: 2)), [kept])
    }

    @Test("the mean of features is unit again, votes are shares of frames")
    func otherAggregations() {
        var prediction = SpatialPrediction()
        prediction.aggregation = .meanFeature
        let mean = [1.6, 1, 0.8], norm = mean.map { $0 * $0 }.reduce(0, +).squareRoot()
        expect(targets(prediction, group(.single)), [softmax(mean.map { $0 / norm }, scale)])
        prediction.aggregation = .majority
        expect(targets(prediction, group(.single)), [[1.0 / 3, 1.0 / 3, 1.0 / 3]])
        expect(targets(prediction, group(.multi, topM: 1)).sum(-1, keepingAxes: true), [[1]])
    }

    @Test("temperatures divide the scale, by group")
    func temperatures() {
        var prediction = SpatialPrediction()
        (prediction.temperature, prediction.temperatures) = (4, ["g": 0.5])
        let cold = perFrame.indices.map { softmax([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]][$0], scale / 0.5) }
        expect(targets(prediction, group(.single)), [(0..<3).map { l in cold.map { $0[l] }.reduce(0, +) / 3 }])
    }

    @Test("the prior is taken away, all of it or a part")
    func prior() {
        let rows = Tensor([0.8, 0.2, 0, 0.6, 0.4, 0], shape: [2, 3])
        var prediction = SpatialPrediction()
        expect(prediction.priorCorrected(rows), [[0.8, 0.2, 0], [0.6, 0.4, 0]])
        for kappa in [0.5, 1] {
            prediction.priorCorrection = kappa
            let expected = [[0.8, 0.2], [0.6, 0.4]].map { row in
                let weights = [row[0] / pow(0.7, kappa), row[1] / pow(0.3, kappa)]
                return weights.map { $0 / (weights[0] + weights[1]) } + [0]
            }
            expect(prediction.priorCorrected(rows), expected)
        }
    }

    @Test("actions may have any numbers; all of the mean makes objectives of actions")
    func mixing() {
        let rows = Tensor([1, 0, 0, 1, 0.5, 0.5], shape: [3, 2])
        var prediction = SpatialPrediction()
        expect(prediction.actionMixed(rows, actions: [7, 3, 7]), [[1, 0], [0, 1], [0.5, 0.5]])
        prediction.actionMixing = 1
        expect(prediction.actionMixed(rows, actions: [7, 3, 7]), [[0.75, 0.25], [0, 1], [0.75, 0.25]])
        prediction.actionMixing = 0.5
        expect(prediction.actionMixed(rows, actions: [7, 3, 7]), [[0.875, 0.125], [0, 1], [0.625, 0.375]])
        let (means, shares) = SpatialPrediction.actionMeans(rows, actions: [7, 3, 7])
        expect(means, [[0, 1], [0.75, 0.25]])
        expect(shares.unsqueezed(0), [[1.0 / 3, 2.0 / 3]])
    }

    @Test("hard targets; a row that is not sure, or knows nothing, becomes zeros")
    func hardening() {
        let rows = Tensor([0.5, 0.3, 0.2, 0.4, 0.35, 0.25, 0, 0, 0] as [Float], shape: [3, 3])
        var prediction = SpatialPrediction()
        expect(prediction.hardened(rows), [[0.5, 0.3, 0.2], [0.4, 0.35, 0.25], [0, 0, 0]])
        prediction.target = .hard
        expect(prediction.hardened(rows), [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
        prediction.target = .hardConfident
        expect(prediction.hardened(rows), [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
        prediction.confidence = 0.41
        expect(prediction.hardened(rows), [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
        prediction.confidence = 0.3
        expect(prediction.hardened(rows), [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
    }

    @Test("a label that is the action says everything, one that is the same everywhere nothing")
    func information() throws {
        let leak = SpatialInformation(Tensor([1, 0, 0, 1, 1, 0], shape: [3, 2]), actions: [4, 2, 4])
        let most = -(2.0 / 3 * log(2.0 / 3) + 1.0 / 3 * log(1.0 / 3))
        #expect(abs(try #require(leak.information) - most) < 1e-12 && leak.entropy == 0 && leak.histogram == [2, 1])
        #expect(abs(leak.meanEntropy - most) < 1e-12)
        let useless = SpatialInformation(Tensor([0.5, 0.5, 0.5, 0.5], shape: [2, 2]), actions: [0, 1])
        #expect(abs(try #require(useless.information)) < 1e-12 && abs(useless.entropy - log(2)) < 1e-12)
        let empty = SpatialInformation(Tensor([0, 0, 0.1, 0.9], shape: [2, 2]), actions: nil)
        #expect(empty.histogram == [0, 1] && empty.information == nil)
    }

    /// Four videos: label a twice, b once, c once, d never.
    private let answers = Tensor(
        [0.7, 0.1, 0.1, 0.1, 0.5, 0.25, 0.25, 0, 0.1, 0.8, 0.1, 0, 0, 0, 1, 0] as [Float], shape: [4, 4])

    private func result(_ change: (inout SpatialPrediction) -> Void) -> SpatialGroupTargets {
        var prediction = SpatialPrediction()
        change(&prediction)
        let group = SpatialGroup("g", .multi, topM: 4, templates: [.bare], labels: ["a", "b", "c", "d"])
        return SpatialGroupTargets(group, answers, actions: [0, 0, 1, 1], prediction)
    }

    @Test("labels of too few videos are left out, and the others sum to one")
    func support() {
        let all = result { _ in }
        #expect(
            all.report.isKept && all.report.removedLabels.isEmpty && all.report.information.histogram == [2, 1, 1, 0])
        expectClose(all.targets, answers, absolute: 0, relative: 0)
        let three = result { $0.minSupport = 0.25 }
        #expect(three.group.labels == ["a", "b", "c"] && three.group.topM == 3 && three.report.isKept)
        #expect(three.report.removedLabels == ["d"] && three.report.labels.count == 4)
        expect(three.targets, [[7.0 / 9, 1.0 / 9, 1.0 / 9], [0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0, 0, 1]])
        let hard = result { ($0.minSupport, $0.target) = (0.25, .hard) }
        expect(hard.targets, [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
        let one = result { $0.minSupport = 0.5 }
        #expect(!one.report.isKept && one.report.removedLabels == ["b", "c", "d"])
    }

    @Test("a group that says too little about the action is left out")
    func leastInformation() throws {
        let known = try #require(result { _ in }.report.information.information)
        #expect(known > 0.1)
        #expect(result { $0.minInformation = known }.report.isKept)
        #expect(!result { $0.minInformation = known * 1.001 }.report.isKept)
    }

    @Test("numbers that cannot be are refused")
    func refused() throws {
        try SpatialPrediction().validate()
        let changes: [(inout SpatialPrediction) -> Void] = [
            { $0.frames = 0 }, { $0.frames = 1025 }, { $0.temperature = 0 }, { $0.temperature = .nan },
            { $0.temperatures = ["a": -1] }, { $0.priorCorrection = 1.1 }, { $0.actionMixing = -0.1 },
            { $0.actionMixing = .nan }, { $0.confidence = 2 }, { $0.minInformation = -1 }, { $0.minSupport = 2 },
            { $0.minInformation = .infinity },
        ]
        for (place, change) in changes.enumerated() {
            var prediction = SpatialPrediction()
            change(&prediction)
            #expect(throws: TrainingError.self, "change \(place)") { try prediction.validate() }
        }
    }
}
