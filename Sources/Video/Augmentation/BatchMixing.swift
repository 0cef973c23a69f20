/// Mixing of the samples of a batch with one another: mixup, cutmix, or one of the two.
///
/// Source: SlowFast and MViT (alphas 0.8 and 1, probability 1, switch ½, smoothing 0.1, partners by reversal), ViFi-CLIP
/// (partners by permutation); video specification 4.7. The batch must have more than one sample.
public struct BatchMixing: Sendable, Equatable, Codable {
    /// With which sample each one is mixed.
    public enum Partners: String, Sendable, Codable, CaseIterable {
        /// The batch read backwards.
        case reversed
        /// A random permutation.
        case permuted
    }

    /// One draw for a batch.
    public struct Mixture: Sendable, Equatable {
        /// The share λ of a sample itself; its partner has 1 - λ.
        public let share: Double
        /// The rectangle that comes from the partner, in all frames; nil for mixup, which adds everything.
        public let box: PixelBox?
        /// The partner of each sample.
        public let partners: [Int]

        /// Makes a mixture.
        ///
        /// - Parameters:
        ///   - share: the share λ of a sample itself.
        ///   - box: the rectangle that comes from the partner; nil for mixup.
        ///   - partners: the partner of each sample.
        public init(share: Double, box: PixelBox?, partners: [Int]) {
            (self.share, self.box, self.partners) = (share, box, partners)
        }
    }

    /// The shape of mixup's share; 0 for no mixup.
    public var mixup = 0.8
    /// The shape of cutmix's share; 0 for no cutmix.
    public var cutmix = 1.0
    /// How often a batch is mixed.
    public var probability = 1.0
    /// How often cutmix is taken where both are there.
    public var cutmixShare = 0.5
    /// With which sample each one is mixed.
    public var partners = Partners.reversed

    /// Makes MViT's rule.
    public init() {}

    /// Draws the mixture of a batch: whether it is mixed; which of the two, where both are there; the share; cutmix's
    /// middle row and column; the partners, where they are permuted.
    ///
    /// - Parameters:
    ///   - batch: the number of samples.
    ///   - size: the size of the pictures.
    ///   - draws: where random numbers come from.
    /// - Returns: nil for a batch that stays as it is, as one of a single sample does.
    public func mixture(batch: Int, size: PixelSize, draws: inout some DrawSource) -> Mixture? {
        guard batch > 1, mixup > 0 || cutmix > 0, draws.real(in: 0..<1) < probability else { return nil }
        let cuts = cutmix > 0 && (mixup <= 0 || draws.real(in: 0..<1) < cutmixShare)
        let shape = cuts ? cutmix : mixup
        var share = draws.beta(shape, shape)
        var box: PixelBox?
        if cuts {
            let drawn = Self.box(share: share, in: size, draws: &draws)
            box = drawn
            share = 1 - Double(drawn.width * drawn.height) / Double(size.width * size.height)
        }
        return Mixture(share: share, box: box, partners: order(of: batch, &draws))
    }

    /// Draws cutmix's rectangle: a middle row, then a middle column; what sticks out is cut off.
    ///
    /// - Parameters:
    ///   - share: the share λ of the sample itself.
    ///   - size: the size of the pictures.
    ///   - draws: where random numbers come from.
    /// - Returns: the rectangle; perhaps empty.
    public static func box(share: Double, in size: PixelSize, draws: inout some DrawSource) -> PixelBox {
        let ratio = (1 - share).squareRoot()
        let height = Int(Double(size.height) * ratio), width = Int(Double(size.width) * ratio)
        let row = draws.integer(in: 0..<size.height), column = draws.integer(in: 0..<size.width)
        let top = max(row - height / 2, 0), left = max(column - width / 2, 0)
        return PixelBox(
            left: left, top: top, width: min(column + width / 2, size.width) - left,
            height: min(row + height / 2, size.height) - top)
    }

    private func order(of batch: Int, _ draws: inout some DrawSource) -> [Int] {
        var order = Array(0..<batch)
        guard partners == .permuted else { return order.reversed() }
        for last in (1..<batch).reversed() { order.swapAt(last, draws.integer(in: 0..<last + 1)) }
        return order
    }
}

extension BatchMixing.Mixture {
    /// The targets of a mixed batch, smoothed.
    ///
    ///     λ s(y) + (1 - λ) s(y'),  s(y) = ε / C, and 1 - ε + ε / C at y
    ///
    /// - Parameters:
    ///   - labels: the class of each sample.
    ///   - classes: the number C of classes.
    ///   - smoothing: the share ε that is spread over all classes.
    /// - Returns: one row of C numbers a sample.
    public func targets(_ labels: [Int], classes: Int, smoothing: Double = 0) -> [[Float]] {
        targets(labels.map { [$0] }, classes: classes, smoothing: smoothing)
    }

    /// The targets of a mixed batch whose samples have any number of classes.
    ///
    ///     λ s(Y) + (1 - λ) s(Y'),  s(Y) = ε / C, and 1 - ε + ε / C at each y of Y
    ///
    /// - Parameters:
    ///   - labels: the classes of each sample.
    ///   - classes: the number C of classes.
    ///   - smoothing: the share ε that is spread over all classes.
    /// - Returns: one row of C numbers a sample.
    public func targets(_ labels: [[Int]], classes: Int, smoothing: Double = 0) -> [[Float]] {
        let off = smoothing / Double(classes), on = 1 - smoothing
        return labels.indices.map { sample in
            var row = [Double](repeating: off, count: classes)
            for label in labels[sample] { row[label] += on * share }
            for label in labels[partners[sample]] { row[label] += on * (1 - share) }
            return row.map { Float($0) }
        }
    }
}
