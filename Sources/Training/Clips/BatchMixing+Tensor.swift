internal import Datasets
internal import Torch
internal import Video

extension BatchMixing.Mixture {
    /// Mixes clips.
    ///
    ///     mixup    λ x + (1 - λ) x'
    ///     cutmix   x, inside of the rectangle x'
    ///
    /// - Parameter clips: `[B, T, 3, H, W]`.
    /// - Returns: of the same shape.
    func mixed(_ clips: Tensor) -> Tensor {
        let others = clips.selected(0, Tensor(partners))
        guard let box else { return clips * share + others * (1 - share) }
        var mask = [Float](repeating: 0, count: clips.shape[3] * clips.shape[4])
        for row in box.top..<box.top + box.height {
            for column in box.left..<box.left + box.width { mask[row * clips.shape[4] + column] = 1 }
        }
        let inside = Tensor(mask, shape: [clips.shape[3], clips.shape[4]])
        return clips + (others - clips) * inside
    }
}

extension BatchMixing {
    /// The clips of a step mixed with each other, and their targets; one draw a step, the same in each process, partners
    /// within a process.
    func mixed(
        _ batch: LoadedBatch, _ settings: RunSettings, classes: Int, at position: RunPosition
    ) -> LoadedBatch {
        guard case .clips(let clips) = batch.input else { return batch }
        var draws = RunSeed(seed: settings.seed).draws(.mixing, position.step)
        let size = PixelSize(width: clips.shape[4], height: clips.shape[3])
        let mixture = mixture(batch: clips.shape[0], size: size, draws: &draws)
        let own = Mixture(share: 1, box: nil, partners: Array(batch.labels.indices))
        let rows = (mixture ?? own).targets(batch.labels, classes: classes)
        var result = LoadedBatch(
            input: .clips(mixture?.mixed(clips) ?? clips), labels: batch.labels, positions: batch.positions,
            total: batch.total)
        result.targets = Tensor(rows.flatMap(\.self), shape: [batch.labels.count, classes])
        return result
    }
}
