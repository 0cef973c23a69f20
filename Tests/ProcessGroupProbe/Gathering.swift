internal import Torch

/// Rows gathered over processes, and their gradients.
enum Gathering {
    /// A contrastive loss in both directions over the rows of all processes; alone it is plain autograd.
    static func contrast(_ group: ProcessGroup, rows: Int) throws(ProcessGroupError) {
        let own = (group.rank * rows / group.size)..<((group.rank + 1) * rows / group.size)
        let generator = Generator(seed: 7)
        func leaf(_ shape: [Int]) -> Tensor { generator.normal(shape, dtype: .float64) }
        let (allX, allY, w) = (leaf([rows, 5]), leaf([rows, 3]), leaf([5, 3]))
        let (x, y) = (allX.slice(0, own).cloned(), allY.slice(0, own).cloned())
        let leaves = [x, y, w]
        leaves.forEach { $0.setRequiresGradient(true) }

        let mapped = x.matmul(w)
        let (everyX, everyY) = (try group.gathered(mapped), try group.gathered(y))
        let forward = mapped.matmul(everyY.transposed()).logSumExp(-1).sum()
        let backward = y.matmul(everyX.transposed()).logSumExp(-1).sum()
        let loss = forward + backward - (mapped * y).sum() * 2
        try group.backward(loss)
        let gradients = leaves.compactMap(\.gradient)
        try group.sum([gradients[2]])

        report("contrast\(rows).loss", [loss.item(Double.self)])
        report("contrast\(rows).rows", everyX.detached().array(of: Double.self))
        for (name, gradient) in zip(["x", "y", "w"], gradients) {
            report("contrast\(rows).\(name)", gradient.array(of: Double.self))
        }
    }

    /// Values of every type, with gaps, and none at all; gradients in half precision.
    static func types(_ group: ProcessGroup) throws(ProcessGroupError) {
        for type in DType.allCases {
            let rows = Tensor.arange(0..<(4 * (group.rank + 1))).reshaped(group.rank + 1, 4).to(dtype: type)
            let all = try group.gathered(rows.slice(1, 0..<4, step: 2))
            report("gather.\(type)", all.array(of: Double.self))
        }
        report("gather.none", try group.gathered(.zeros([0, 2])).shape)
        let half = Tensor.ones([1, 2], dtype: .float16)
        half.setRequiresGradient(true)
        let all = try group.gathered(half)
        try group.backward((all.to(dtype: .float32) * Double(group.rank + 1)).sum())
        report("gather.half", half.gradient?.array(of: Double.self) ?? [])
        report("gather.unrecorded", [withoutGradientRows(group, half) ? 1 : 0])
    }

    private static func withoutGradientRows(_ group: ProcessGroup, _ rows: Tensor) -> Bool {
        withoutGradient { (try? group.gathered(rows))?.requiresGradient ?? true }
    }
}
