import Testing

@testable import CLIP
@testable import Torch

@Suite("Engines that are refused")
struct EngineRefusalTests {
    private let sizes = ImageEngineTests.Sizes.all[0]

    private func refusal(_ body: () throws -> ImageEngine) -> String {
        do {
            return "\(try body().precision) was prepared"
        } catch {
            return "\(error)"
        }
    }

    @Test("8-bit arithmetic without pictures to calibrate with", .enabled(if: Precision.int8.obstacle == nil))
    func uncalibrated() throws {
        let tower = try sizes.tower()
        let found = refusal { try ImageEngine(tower, sizes.preprocessing, precision: .int8) }
        #expect(found.contains("int8") && found.contains("calibrated"), "\(found)")
        let none = Tensor.zeros([0, 24, 24, 3], dtype: .uint8)
        #expect(
            refusal { try ImageEngine(tower, sizes.preprocessing, precision: .int8, pictures: none) }
                .contains("calibrated"))
    }

    @Test("pictures of another size or type")
    func pictures() throws {
        let tower = try sizes.tower()
        for wrong in [
            Tensor.zeros([2, 16, 24, 3], dtype: .uint8), .zeros([2, 24, 24, 3]), .zeros([2, 3, 24, 24], dtype: .uint8),
        ] {
            let found = refusal { try ImageEngine(tower, sizes.preprocessing, pictures: wrong) }
            #expect(found.contains("[24, 24, 3]"), "\(found)")
        }
    }

    @Test("a tower with adapters")
    func adapters() throws {
        struct Doubling: StreamAdapter { func callAsFunction(_ x: Tensor) -> Tensor { x * 2 } }
        let additions = TowerAdditions { _, block in BlockAdapters(beforeMLP: block == 1 ? Doubling() : nil) }
        let configuration = sizes.configuration
        let tower = try Parameters.build(.random()) { ImageTower($0, configuration, additions: additions) }.model
        #expect(refusal { try ImageEngine(tower, sizes.preprocessing) }.contains("adapters"))
    }

    @Test("too low an agreement, and an arithmetic that is none", .enabled(if: Precision.int8.obstacle == nil))
    func disagreement() throws {
        let tower = try sizes.tower(), pictures = sizes.pictures(4)
        var strict = EngineTolerance()
        strict.cosine = 1.01
        let found = refusal {
            try ImageEngine(tower, sizes.preprocessing, precision: .int8, pictures: pictures, tolerance: strict)
        }
        #expect(found.contains("cosine") && found.contains("1.01") && found.contains("fp32"), "\(found)")
        let automatic = refusal { try ImageEngine(tower, sizes.preprocessing, precision: .auto, pictures: pictures) }
        #expect(automatic.contains("one arithmetic"), "\(automatic)")
        var exact = EngineTolerance()
        exact.relativeDifference = -1
        let inexact = refusal { try ImageEngine(tower, sizes.preprocessing, pictures: pictures, tolerance: exact) }
        #expect(inexact.contains("largest difference"), "\(inexact)")
    }

    @Test("a cosine or a share that is no number is too low")
    func notNumbers() {
        func report(_ cosine: Double, _ labels: Double?) -> EngineReport {
            var report = EngineReport(
                precision: .int8, pictures: 1, largestDifference: 0, meanDifference: 0, largestValue: 1, cosine: cosine,
                lowestCosine: cosine)
            report.labelAgreement = labels
            return report
        }
        let usual = EngineTolerance()
        #expect(usual.problem(in: report(0.995, nil)) == nil)
        #expect(usual.problem(in: report(1, 0.9)) == nil)
        #expect(usual.problem(in: report(0.9949, nil)) != nil)
        #expect(usual.problem(in: report(.nan, nil)) != nil)
        #expect(usual.problem(in: report(1, 0.89))?.contains("0.89") == true)
        #expect(usual.problem(in: report(1, .nan)) != nil)
    }
}
