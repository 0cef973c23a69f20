import FixtureSupport
import Testing
import Torch

/// Groups of real processes, one at a time: each is up to four of them.
@Suite("Process groups", .serialized)
struct ProcessGroupTests {
    @Test("sums, broadcasts and bytes are right for every type and layout", arguments: [2, 4])
    func collectives(_ count: Int) async throws {
        let all = try await ProbeOutcome.ofGroup("sum", "broadcast", "bytes", "barrier", "sameText", count: count)
        try #require(all.count == count)
        let total = Double(count * (count + 1) / 2)
        for (rank, outcome) in all.enumerated() {
            #expect(outcome.status == 0, "\(outcome.errors)")
            for type in DType.allCases {
                let (sum, last) = type == .bool ? (1.0, 1.0) : (total, Double(count))
                let steps = type == .bool ? [1.0, 1, 1] : [1.0, 2, 3]
                #expect(outcome["sum.\(type)"] == steps.map { $0 * sum })
                #expect(outcome["broadcast.\(type)"] == steps.map { $0 * last })
            }
            checkLayouts(outcome, rank: rank, count: count, total: total)
            #expect(outcome["bytes.counts"] == (0..<count).map(Double.init))
            let bytes: [Double] = (0..<count).flatMap { [Double](repeating: Double($0), count: $0) }
            #expect(outcome["bytes.values"] == bytes)
            #expect(outcome["bytes.none"] == [Double](repeating: 0, count: count))
        }
    }

    /// Elements between the gaps are not touched, the others are sums.
    private func checkLayouts(_ outcome: ProbeOutcome, rank: Int, count: Int, total: Double) {
        let own = Double(rank + 1)
        let base: [Double] = (0..<12).map { Double($0) * ($0 % 2 == 0 ? total : own) }
        #expect(outcome["sum.base"] == base)
        let columns: [Double] = (0..<12).map { Double($0 % 3 * 4 + $0 / 3) * total }
        #expect(outcome["sum.transposed"] == columns)
        #expect(outcome["sum.number"] == [total - Double(count)])
        #expect(outcome["sum.large"] == [total, total])
        // Float32's sum of the bfloat16 next to 0.1, rounded once.
        let rounded = Tensor([Float(0.100_097_656_25) * Float(count)]).to(dtype: .bfloat16).item(Double.self)
        #expect(outcome["sum.half"] == [rounded, rounded])
        let rows: [Double] = (0..<6).map { Double($0) * ($0 % 3 == 1 ? own : Double(count)) }
        #expect(outcome["broadcast.base"] == rows)
    }

    @Test("gathered rows, losses and gradients are those of one process", arguments: [2, 4])
    func gathering(_ count: Int) async throws {
        let single = try #require(try await ProbeOutcome.ofGroup("contrast", count: 1).first)
        let all = try await ProbeOutcome.ofGroup("contrast", count: count)
        try #require(all.count == count && all.allSatisfy { $0.status == 0 }, "\(all.map(\.errors))")
        for rows in [7, 3] {  // of 3 rows, one of four processes has none
            func each(_ name: String) throws -> [[Double]] {
                try all.map { try #require($0["contrast\(rows).\(name)"]) }
            }
            func expected(_ name: String) throws -> Tensor { Tensor(try #require(single["contrast\(rows).\(name)"])) }
            let loss = try each("loss").flatMap { $0 }.reduce(0, +)
            expectClose(Tensor([loss]), try expected("loss"), "loss")
            for name in ["x", "y"] { expectClose(Tensor(try each(name).flatMap { $0 }), try expected(name), name) }
            for name in ["w", "rows"] {
                let found = try each(name)
                #expect(Set(found).count == 1, "\(name)")
                expectClose(Tensor(found[0]), try expected(name), name)
            }
        }
    }

    @Test("rows of every type, with gaps and of different numbers", arguments: [2, 4])
    func types(_ count: Int) async throws {
        let all = try await ProbeOutcome.ofGroup("gatherTypes", count: count)
        try #require(all.count == count)
        let rows: [Double] = (0..<count).flatMap { rank in (0...rank).flatMap { [Double($0 * 4), Double($0 * 4 + 2)] } }
        let truths: [Double] = rows.map { min($0, 1) }
        for outcome in all {
            #expect(outcome.status == 0, "\(outcome.errors)")
            for type in DType.allCases {
                #expect(outcome["gather.\(type)"] == (type == .bool ? truths : rows))
            }
            #expect(outcome["gather.none"] == [0, 2])
            let total = Double(count * (count + 1) / 2)
            #expect(outcome["gather.half"] == [total, total])
            #expect(outcome["gather.unrecorded"] == [0])
        }
    }

    @Test("gradients that some processes lack count as zero; one that all lack stays away")
    func gradients() async throws {
        let all = try await ProbeOutcome.ofGroup("partialGradients", count: 4)
        try #require(all.count == 4)
        for outcome in all {
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome["gradients.every"] == [10, 10])
            #expect(outcome["gradients.first"] == [5, 5])
            #expect(outcome["gradients.none"] == [])
        }
    }

    @Test("a group of one changes nothing")
    func alone() throws {
        let (group, x) = (ProcessGroup.alone, Tensor([1.0, 2]))
        #expect((group.rank, group.size) == (0, 1))
        try group.sum([x])
        try group.broadcast([x], from: 0)
        #expect(x.array() == [1.0, 2])
        #expect(try group.gathered(x) === x)
        #expect(try group.gathered([UInt8(3)]) == [[3]])
        try group.barrier()
        try group.verifySame("a", "the recipe")
        x.setRequiresGradient(true)
        try group.backward((x * x).sum())
        #expect(x.gradient?.array() == [2.0, 4])
        group.leave()
        try group.barrier()
        let single = LaunchEnvironment(rank: 0, size: 1, address: "nowhere", port: 0)
        #expect(try ProcessGroup.join(single) === group)
    }
}
