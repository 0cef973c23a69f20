/// Where in a block adapters stand.
///
///     x = adapterₐ(x);   x = x + attention(ln₁(x));   x = adapterₘ(x);   x = x + mlp(ln₂(x))
public enum AdapterPlacement: String, Codable, Sendable, CaseIterable {
    /// One a block, before attention: where the papers of M2-CLIP and ST-Adapter put adapters of the image tower.
    case beforeAttention = "before_attention"
    /// One a block, before the feed-forward part: the released Kinetics models of M2-CLIP and ST-Adapter.
    case beforeMLP = "before_mlp"
    /// Two a block with weights of their own: the released Something-Something models.
    case both

    /// The number of adapters in a block.
    public var count: Int { self == .both ? 2 : 1 }
    /// Whether there is an adapter before attention.
    public var isBeforeAttention: Bool { self != .beforeMLP }
    /// Whether there is an adapter before the feed-forward part.
    public var isBeforeMLP: Bool { self != .beforeAttention }
}
