internal import Torch

/// Sums, broadcasts and bytes.
enum Collectives {
    /// Every type; plain, with gaps, transposed, empty, without axes, and larger than a message.
    static func sum(_ group: ProcessGroup) throws(ProcessGroupError) {
        let types = DType.allCases
        let plain = types.map { Tensor([1, 2, 3].map { $0 * (group.rank + 1) }).to(dtype: $0) }
        let base = (Tensor.arange(0..<12, dtype: .float32) * Double(group.rank + 1)).reshaped(3, 4)
        let gaps = base.slice(1, 0..<4, step: 2)
        let transposed = base.cloned().transposed()
        let number = Tensor(Float(group.rank))
        let large = Tensor.full([7_000_000], Double(group.rank + 1))
        let half = Tensor.full([2], 0.1, dtype: .bfloat16)
        try group.sum(plain + [gaps, .zeros([0, 5]), transposed, number, large, half])
        try group.sum([])
        for (type, tensor) in zip(types, plain) { report("sum.\(type)", tensor.array(of: Double.self)) }
        report("sum.base", base.array(of: Double.self))
        report("sum.transposed", transposed.array(of: Double.self))
        report("sum.number", number.array(of: Double.self))
        report("sum.large", [large.min().item(Double.self), large.max().item(Double.self)])
        report("sum.half", half.array(of: Double.self))
    }

    static func broadcast(_ group: ProcessGroup) throws(ProcessGroupError) {
        let types = DType.allCases
        let plain = types.map { Tensor([1, 2, 3].map { $0 * (group.rank + 1) }).to(dtype: $0) }
        let base = (Tensor.arange(0..<6, dtype: .float64) * Double(group.rank + 1)).reshaped(2, 3)
        try group.broadcast(plain + [base.slice(1, 0..<3, step: 2)], from: group.size - 1)
        for (type, tensor) in zip(types, plain) { report("broadcast.\(type)", tensor.array(of: Double.self)) }
        report("broadcast.base", base.array(of: Double.self))
    }

    /// As many bytes as the rank says, each the rank.
    static func bytes(_ group: ProcessGroup) throws(ProcessGroupError) {
        let all = try group.gathered([UInt8](repeating: UInt8(group.rank), count: group.rank))
        report("bytes.counts", all.map(\.count))
        report("bytes.values", all.flatMap { $0 })
        report("bytes.none", try group.gathered([UInt8]()).map(\.count))
    }
}
