public import CLIP
public import Datasets

extension Preprocessing {
    /// What the loader subtracts from pixels and divides by.
    public var normalization: PixelNormalization { PixelNormalization(mean: mean, std: std) }
}
