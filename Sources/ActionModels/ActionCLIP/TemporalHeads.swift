public import CLIP

/// How many attention heads a new `Transf` gets on a CLIP model.
public enum TemporalHeads: String, Codable, Sendable, CaseIterable {
    /// One for each 64 channels of the text tower: the reference's rule, which released checkpoints were trained by.
    ///
    /// It gives heads of another width than 64 where the text tower is narrower than the features, as in TinyCLIP 8M,
    /// and for pruned towers a number that need not divide the features' width.
    case textWidth = "text_width"
    /// One for each 64 channels of the features, so that all are 64 wide: for students. Equal to the reference on ViT-B.
    ///
    /// Source: the page of the threefold distillation, section 2.
    case featureWidth = "embed_dim"

    /// The number of heads.
    ///
    /// - Parameter clip: the CLIP model.
    /// - Returns: at least 1.
    public func count(for clip: CLIPConfiguration) -> Int {
        switch self {
        case .textWidth: max(clip.text.blocks.width / 64, 1)
        case .featureWidth: max(clip.embedDim / 64, 1)
        }
    }
}
