internal import CLIP

extension M2CLIPConfiguration {
    /// `clip_vit_base_patch16_multimodal_adapter12x384`, used for Kinetics.
    ///
    /// - Parameters:
    ///   - classes: the number of classes; 400 for Kinetics-400.
    ///   - labelWords: the number of label words; 520 for Kinetics-400.
    /// - Returns: the configuration.
    public static func vitB16Adapter12(classes: Int, labelWords: Int) -> M2CLIPConfiguration {
        released(.vitB16, classes, labelWords, vision: .beforeMLP, text: (.beforeMLP, 2))
    }

    /// `clip_vit_base_patch16_multimodal_adapter24x384`, used for Something-Something v2.
    ///
    /// - Parameters:
    ///   - classes: the number of classes; 174 for Something-Something v2.
    ///   - labelWords: the number of label words; 234 for Something-Something v2.
    /// - Returns: the configuration.
    public static func vitB16Adapter24(classes: Int, labelWords: Int) -> M2CLIPConfiguration {
        released(.vitB16, classes, labelWords, vision: .both, text: (.both, 13))
    }

    /// `clip_vit_base_patch32_multimodal_adapter12x384`, whose text encoder is CLIP's own.
    ///
    /// - Parameters:
    ///   - classes: the number of classes.
    ///   - labelWords: the number of label words.
    /// - Returns: the configuration.
    public static func vitB32Adapter12(classes: Int, labelWords: Int) -> M2CLIPConfiguration {
        released(.vitB32, classes, labelWords, vision: .beforeMLP, text: (.beforeMLP, 1))
    }

    /// `clip_vit_base_patch32_multimodal_adapter24x384`.
    ///
    /// - Parameters:
    ///   - classes: the number of classes.
    ///   - labelWords: the number of label words.
    /// - Returns: the configuration.
    public static func vitB32Adapter24(classes: Int, labelWords: Int) -> M2CLIPConfiguration {
        released(.vitB32, classes, labelWords, vision: .both, text: (.beforeMLP, 13))
    }

    /// The placements that the paper draws: TED-Adapters before attention, text adapters before the feed-forward part,
    /// both in every block.
    public var withPaperPlacements: M2CLIPConfiguration {
        var changed = self
        changed.visionAdapters.placement = .beforeAttention
        changed.visionAdapters.layers = clip.vision.blocks.layers
        changed.textAdapters.placement = .beforeMLP
        changed.textAdapters.layers = textBlocks.layers
        return changed
    }

    private static func released(
        _ clip: CLIPConfiguration, _ classes: Int, _ labelWords: Int, vision: AdapterPlacement,
        text: (placement: AdapterPlacement, layers: Int)
    ) -> M2CLIPConfiguration {
        var configuration = M2CLIPConfiguration(clip: clip, classes: classes, labelWords: labelWords)
        configuration.visionAdapters = Adapters(vision, layers: 12, width: 384)
        configuration.textAdapters = Adapters(text.placement, layers: text.layers, width: 384)
        return configuration
    }
}
