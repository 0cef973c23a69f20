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
    /// How it compares with the reference on the pictures that it was prepared with.
    public let report: EngineReport
    private let tower: EngineTower

    /// Prepares a tower.
    ///
    /// - Parameters:
    ///   - tower: without adapters, float32 on the CPU.
    ///   - preprocessing: how the model's pictures are normalised.
    ///   - precision: the arithmetic; not `auto`, which is for those who can compare.
    ///   - pictures: what the engine is calibrated and compared with, uint8 `[B, H, W, 3]` of the model's size; 8-bit
    ///     arithmetic needs some, the others are compared on one picture of noise without them.
    ///   - tolerance: how well it must agree.
    /// - Throws: `CLIPError.engine` where the machine or the model cannot, or where the engine does not agree.
    public init(
        _ tower: ImageTower, _ preprocessing: Preprocessing, precision: Precision = .fp32, pictures: Tensor? = nil,
        tolerance: EngineTolerance = EngineTolerance()
    ) throws(CLIPError) {
        try Self.check(tower, precision, pictures)
        InferenceHardware.keepMemory()
        let shown = pictures.flatMap { $0.count > 0 ? $0 : nil } ?? Self.noise(tower)
        let prepared = withoutGradient { EngineTower(tower, preprocessing, precision, shown) }
        self.tower = prepared
        self.precision = precision
        report = withoutGradient { prepared.compared(with: tower, preprocessing, precision, on: shown) }
        if let problem = tolerance.problem(in: report) { throw .engine(precision, problem) }
    }

    private static func noise(_ tower: ImageTower) -> Tensor {
        let sizes = tower.transformer.sizes
        let values = Generator(seed: 1).uniform([1, sizes.imageHeight ?? sizes.imageSize, sizes.imageSize, 3])
        return (values * 255).to(dtype: .uint8)
    }

    private static func check(_ tower: ImageTower, _ precision: Precision, _ pictures: Tensor?) throws(CLIPError) {
        if let obstacle = precision.obstacle { throw .engine(precision, obstacle) }
        guard precision != .auto else { throw .engine(precision, "an engine has one arithmetic: fp32, bf16 or int8") }
        guard tower.projection.device == .cpu else { throw .engine(precision, "the model computes on another device") }
        guard tower.projection.dtype == .float32 else {
            throw .engine(precision, "the model's weights are \(tower.projection.dtype); float32 is needed")
        }
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
    /// - Parameter pictures: uint8 RGB `[B, H, W, 3]` of the model's size, as ``Preprocessing/packed(_:)`` gives them; at
    ///   least one.
    /// - Returns: features in the common space, not normalised, float32 `[B, E]`.
    public func callAsFunction(_ pictures: Tensor) -> Tensor { withoutGradient { tower(pictures) } }

    /// Compares the engine with the model that it was made of.
    ///
    /// - Parameters:
    ///   - reference: the model.
    ///   - preprocessing: how the model's pictures are normalised.
    ///   - pictures: uint8 `[B, H, W, 3]`, at least one.
    /// - Returns: the differences.
    public func compared(
        with reference: ImageTower, _ preprocessing: Preprocessing, on pictures: Tensor
    ) -> EngineReport {
        withoutGradient { tower.compared(with: reference, preprocessing, precision, on: pictures) }
    }
}

extension EngineTower {
    /// Compares features with those of the model.
    func compared(
        with tower: ImageTower, _ preprocessing: Preprocessing, _ precision: Precision, on pictures: Tensor
    ) -> EngineReport {
        let own = self(pictures), reference = inGroups(pictures) { tower(preprocessing.normalized($0)) }
        let difference = (own - reference).abs
        let cosines = (own.normalized() * reference.normalized()).sum(1)
        return EngineReport(
            precision: precision, pictures: pictures.shape[0], largestDifference: difference.max().item(),
            meanDifference: difference.mean().item(), largestValue: reference.abs.max().item(),
            cosine: cosines.mean().item(), lowestCosine: cosines.min().item())
    }
}
