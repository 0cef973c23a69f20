public import Torch

/// CLIP's image tower prepared once for inference on the CPU.
///
/// It computes what ``ImageTower`` computes of the same pictures, which stays the reference: the norms' weights stand in
/// the layers behind them, weights are laid out as the processor reads them, activations and sums belong to the products
/// before them, the last block works for the class token alone, and normalisation is part of the patch embedding. Texts
/// and temporal heads are not its business.
///
/// Belongs on the LibTorch thread.
public struct ImageEngine: Sendable {
    /// The arithmetic of its products.
    public let precision: Precision
    /// How it compares with the reference on the pictures that it was prepared with; nil without pictures.
    public internal(set) var report: EngineReport?
    private let patches: PatchEngine
    private let blocks: [EngineBlock]
    private let outputNorm: EngineNorm
    private let projection: PackedLinear
    /// The number of pictures that pass the blocks together.
    private let group: Int

    /// Prepares a tower.
    ///
    /// - Parameters:
    ///   - tower: without adapters, on the CPU.
    ///   - preprocessing: how the model's pictures are normalised.
    ///   - precision: the arithmetic; `auto` is the fastest one that agrees.
    ///   - pictures: what the engine is calibrated and compared with, uint8 `[B, H, W, 3]` of the model's size; 8-bit
    ///     arithmetic needs some.
    ///   - tolerance: how well it must agree.
    /// - Throws: `CLIPError.engine` where the machine or the model cannot, or where the engine does not agree.
    public init(
        _ tower: ImageTower, _ preprocessing: Preprocessing, precision: Precision = .fp32, pictures: Tensor? = nil,
        tolerance: EngineTolerance = EngineTolerance()
    ) throws(CLIPError) {
        try Self.check(tower, precision, pictures)
        guard precision == .auto else {
            self = withoutGradient { Self(tower, preprocessing, fixed: precision, pictures) }
            if let problem = report.flatMap({ tolerance.problem(in: $0) }) { throw .engine(precision, problem) }
            return
        }
        for candidate in [Precision.int8, .bf16] where candidate.obstacle == nil && pictures != nil {
            let engine = withoutGradient { Self(tower, preprocessing, fixed: candidate, pictures) }
            guard engine.report.flatMap({ tolerance.problem(in: $0) }) != nil else {
                self = engine
                return
            }
        }
        self = withoutGradient { Self(tower, preprocessing, fixed: .fp32, pictures) }
    }

    private init(_ tower: ImageTower, _ preprocessing: Preprocessing, fixed precision: Precision, _ pictures: Tensor?) {
        self.precision = precision
        let sizes = tower.transformer.sizes
        group = Self.group(sizes)
        let rows = group * sizes.tokens, stack = tower.transformer.transformer.blocks
        patches = PatchEngine(tower.transformer, preprocessing, precision, rows: group * sizes.patches)
        var stream = precision == .int8 ? pictures.map { Self.embedded($0, tower, preprocessing) } : nil
        var blocks: [EngineBlock] = []
        for (number, block) in stack.enumerated() {
            let sample = stream.map { BlockSample(block, $0) }
            stream = sample?.stream
            let isLast = number == stack.count - 1
            blocks.append(
                EngineBlock(block, BlockPreparation(precision: precision, rows: rows, isLast: isLast, sample: sample)))
        }
        self.blocks = blocks
        outputNorm = EngineNorm(
            weight: tower.outputNorm.weight.detached(), bias: tower.outputNorm.bias.detached(),
            eps: tower.outputNorm.eps)
        projection = PackedLinear(tower.projection.detached().transposed().contiguous(), nil, rows: 8)
        report = pictures.map { compared(with: tower, preprocessing, on: $0) }
    }

    private static func embedded(_ pictures: Tensor, _ tower: ImageTower, _ preprocessing: Preprocessing) -> Tensor {
        tower.transformer.normalized(tower.transformer.embed(preprocessing.normalized(pictures)), training: false)
    }

    private static func check(_ tower: ImageTower, _ precision: Precision, _ pictures: Tensor?) throws(CLIPError) {
        if let obstacle = precision.obstacle { throw .engine(precision, obstacle) }
        guard tower.projection.device == .cpu else { throw .engine(precision, "the model computes on another device") }
        guard tower.transformer.transformer.blocks.allSatisfy({ $0.isPlain(training: false) }) else {
            throw .engine(precision, "the image tower has adapters that mix frames")
        }
        guard let pictures, pictures.count > 0 else {
            if precision == .int8 { throw .engine(precision, "it needs pictures to be calibrated with") }
            return
        }
        let sizes = tower.transformer.sizes, expected = [sizes.imageHeight ?? sizes.imageSize, sizes.imageSize, 3]
        guard pictures.dtype == .uint8, Array(pictures.shape.dropFirst()) == expected else {
            throw .engine(precision, "pictures \(pictures); the model takes 8-bit ones \(expected)")
        }
    }

    /// Encodes pictures.
    ///
    /// - Parameter pictures: uint8 RGB `[B, H, W, 3]` of the model's size, as ``Preprocessing/packed(_:)`` gives them.
    /// - Returns: features in the common space, not normalised, float32 `[B, E]`.
    public func callAsFunction(_ pictures: Tensor) -> Tensor {
        withoutGradient {
            let count = pictures.shape[0]
            let groups = stride(from: 0, to: count, by: group).map { start in
                features(count <= group ? pictures : pictures.slice(0, start..<min(start + group, count)))
            }
            return groups.count == 1 ? groups[0] : Tensor.concatenated(groups)
        }
    }

    private func features(_ pictures: Tensor) -> Tensor {
        let first = blocks.reduce(patches(pictures)) { $1($0) }.select(1, 0)  // [B, D]
        return projection(outputNorm(first, as: .float32))  // [B, E]
    }

    /// As many pictures as fit into about 2,000 rows, which keep the processor busy while their values stay near it.
    private static func group(_ sizes: VisionConfiguration) -> Int { max(1, 2000 / sizes.tokens) }
}

extension ImageEngine {
    /// Compares the engine with the model that it was made of.
    ///
    /// - Parameters:
    ///   - tower: the model.
    ///   - preprocessing: how the model's pictures are normalised.
    ///   - pictures: uint8 `[B, H, W, 3]`.
    /// - Returns: the differences.
    public func compared(
        with tower: ImageTower, _ preprocessing: Preprocessing, on pictures: Tensor
    ) -> EngineReport {
        let (own, reference) = withoutGradient { (self(pictures), tower(preprocessing.normalized(pictures))) }
        let difference = (own - reference).abs
        let cosines = (own.normalized() * reference.normalized()).sum(1)
        return EngineReport(
            precision: precision, pictures: pictures.shape[0], largestDifference: difference.max().item(),
            meanDifference: difference.mean().item(), largestValue: reference.abs.max().item(),
            cosine: cosines.mean().item(), lowestCosine: cosines.min().item())
    }
}
