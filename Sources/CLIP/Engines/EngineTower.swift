internal import Torch

/// The prepared layers of an engine, from pictures to features.
struct EngineTower: Sendable {
    private let patches: PatchEngine
    private let blocks: [EngineBlock]
    private let outputNorm: EngineNorm
    private let projection: PackedLinear
    /// The number of pictures that pass the blocks together.
    private let group: Int

    /// Prepares a tower.
    ///
    /// - Parameters:
    ///   - tower: without adapters.
    ///   - preprocessing: how pictures are normalised.
    ///   - precision: the arithmetic.
    ///   - pictures: what 8-bit layers are calibrated with, uint8 `[B, H, W, 3]`.
    init(_ tower: ImageTower, _ preprocessing: Preprocessing, _ precision: Precision, _ pictures: Tensor) {
        let sizes = tower.transformer.sizes, stack = tower.transformer.transformer.blocks
        group = Self.group(sizes)
        patches = PatchEngine(tower.transformer, preprocessing, precision, rows: group * sizes.patches)
        var stream = precision == .int8 ? Self.embedded(pictures, tower, preprocessing) : nil
        var blocks: [EngineBlock] = []
        for (number, block) in stack.enumerated() {
            let sample = stream.map { BlockSample(block, $0) }, isLast = number == stack.count - 1
            stream = sample?.stream
            let preparation = BlockPreparation(
                precision: precision, rows: group * sizes.tokens, isLast: isLast,
                sample: isLast ? sample?.ofFirstToken : sample)
            blocks.append(EngineBlock(block, preparation))
        }
        self.blocks = blocks
        outputNorm = EngineNorm(
            weight: tower.outputNorm.weight.detached(), bias: tower.outputNorm.bias.detached(),
            eps: tower.outputNorm.eps)
        projection = PackedLinear(
            tower.projection.detached().transposed().contiguous(), nil, rows: BlockPreparation.pictures)
    }

    /// The stream in front of the first block, of as many pictures as the memory bears.
    private static func embedded(_ pictures: Tensor, _ tower: ImageTower, _ preprocessing: Preprocessing) -> Tensor {
        let step = max((pictures.shape[0] + 31) / 32, 1)
        let some = pictures.slice(0, 0..<pictures.shape[0], step: step)
        return tower.transformer.normalized(tower.transformer.embed(preprocessing.normalized(some)), training: false)
    }

    /// Encodes pictures.
    ///
    /// - Parameter pictures: uint8 `[B, H, W, 3]`.
    /// - Returns: `[B, E]`.
    func callAsFunction(_ pictures: Tensor) -> Tensor { inGroups(pictures, features) }

    /// Applies a function to some pictures after the others, and puts the rows together.
    func inGroups(_ pictures: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
        let count = pictures.shape[0]
        guard count > group else { return body(pictures) }
        return Tensor.concatenated(
            stride(from: 0, to: count, by: group).map { body(pictures.slice(0, $0..<min($0 + group, count))) })
    }

    private func features(_ pictures: Tensor) -> Tensor {
        let first = blocks.reduce(patches(pictures)) { $1($0) }.select(1, 0)  // [B, D]
        return projection(outputNorm(first, as: .float32))  // [B, E]
    }

    /// As many pictures as fit into about 800 rows, which keep the processor busy while their values stay near it.
    private static func group(_ sizes: VisionConfiguration) -> Int { max(1, 800 / sizes.tokens) }
}
