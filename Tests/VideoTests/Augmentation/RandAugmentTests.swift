import Testing
import Video

@Suite("RandAugment")
struct RandAugmentTests {
    @Test("EVL's rule is the default")
    func notation() throws {
        #expect(try RandAugment(timm: "rand-m7-n4-mstd0.5-inc1") == RandAugment())
        #expect(try RandAugment(timm: "rand-inc1") == RandAugment(count: 2, magnitude: 10, deviation: 0))
        #expect(try RandAugment(timm: "rand-mstd1-n0-m0-inc1") == RandAugment(count: 0, magnitude: 0, deviation: 1))
        #expect(
            try RandAugment(timm: "rand-inc1-m10-n100-mstd0.125")
                == RandAugment(count: 100, magnitude: 10, deviation: 0.125))
    }

    @Test("without inc1 the plain list is drawn from, with w0 by weights and each operation once")
    func plain() throws {
        var expected = RandAugment(count: 2, magnitude: 10, deviation: 0)
        expected.severity = .plain
        #expect(try RandAugment(timm: "rand") == expected)
        (expected.count, expected.magnitude, expected.choice) = (13, 9, .weighted)
        #expect(try RandAugment(timm: "rand-m9-n13-w0") == expected)
        var draws = SeededDraws(seed: 3)
        var (happened, turned) = (0, 0)
        expected.count = 1
        for _ in 0..<4000 {
            for operation in expected.operations(draws: &draws) {
                happened += 1
                if case .rotate(let degrees) = operation {
                    turned += 1
                    #expect(abs(degrees) == 27)
                }
                if case .posterize = operation { Issue.record("a weight of 0") }
            }
        }
        #expect(abs(Double(turned) / Double(happened) - 0.3) < 0.03)
        expected.count = 13
        for _ in 0..<100 {
            let kinds = expected.operations(draws: &draws).map { "\($0)".prefix { $0 != "(" } }
            #expect(Set(kinds).count == kinds.count)
        }
    }

    @Test(
        "other notations are refused",
        arguments: [
            "", "auto-m7-inc1", "rand-m7-n4-inc0", "rand-w1", "rand-w", "rand-w0-n14", "rand-w0-w0", "rand-m7-m8-inc1",
            "rand-m11-inc1",
            "rand-mnan-inc1", "rand-n1.5-inc1", "rand-n-inc1", "rand-w0-inc1", "rand--inc1", "rand-mstd-1-inc1",
            "rand-n1e300-inc1", "rand-inc1-", "rand-mstdinf-inc1", "rand-inc1-x",
            "rand-m7.5-inc1", "rand-m+7-inc1", "rand-m0x7-inc1", "rand-m7e0-inc1", "rand-m٧-inc1", "rand-n4.0-inc1",
            "rand-n+4-inc1", "rand-n0x4-inc1", "rand-n101-inc1", "rand-n99999999999999999999-inc1", "rand-m-inc1",
            "rand-mstd5e-1-inc1", "rand-mstd+0.5-inc1", "rand-mstd0x1p1-inc1", "rand-mstd.5-inc1", "rand-mstd1.-inc1",
            "rand-mstd0.5.5-inc1", "rand-mstd-inc1", "rand-mstd" + String(repeating: "9", count: 400) + "-inc1",
            "rand-inc1.0", "rand-inc01", "rand-inc+1", "rand-inc2", "rand-inc", "rand-m7-inc1-inc1",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: VideoError.self) { _ = try RandAugment(timm: text) }
        #expect(error?.status == .invalidRequest)
    }

    @Test("the same seed draws the same, and half of the operations happen")
    func draws() {
        var (one, other) = (SeededDraws(seed: 1), SeededDraws(seed: 1))
        let rule = RandAugment()
        var counts: [Int] = []
        for _ in 0..<400 {
            let operations = rule.operations(draws: &one)
            #expect(operations == rule.operations(draws: &other))
            counts.append(operations.count)
        }
        #expect(counts.allSatisfy { $0 <= 4 })
        #expect((1.8...2.2).contains(Double(counts.reduce(0, +)) / 400))
    }

    @Test("magnitudes spread about the mean and stay in their range")
    func magnitudes() {
        var draws = SeededDraws(seed: 2)
        func degrees(_ rule: RandAugment) -> [Double] {
            (0..<4000).flatMap { _ in rule.operations(draws: &draws) }.compactMap {
                if case .rotate(let degrees) = $0 { degrees } else { nil }
            }
        }
        let turned = degrees(RandAugment())
        let sizes = turned.map(abs), mean = sizes.reduce(0, +) / Double(sizes.count)
        let variance = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sizes.count)
        #expect(abs(mean - 21) < 0.2)
        #expect(abs(variance.squareRoot() - 1.5) < 0.15)
        #expect((0.4...0.6).contains(Double(turned.count { $0 < 0 }) / Double(turned.count)))
        #expect(degrees(RandAugment(magnitude: 10, deviation: 5)).allSatisfy { abs($0) <= 30 })
        #expect(Set(degrees(RandAugment(deviation: 0)).map(abs)) == [21])
    }
}
