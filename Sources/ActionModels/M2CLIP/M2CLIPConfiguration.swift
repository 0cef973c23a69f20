public import CLIP

/// The sizes and choices of an M2-CLIP model; defaults as in the released Kinetics model.
///
/// Source: M2-CLIP (AAAI 2024) and its released code.
public struct M2CLIPConfiguration: Codable, Sendable, Equatable {
    /// The CLIP model below; its common space must be as wide as its text tower.
    public var clip: CLIPConfiguration
    /// The number T of frames of a clip.
    public var frames: Int
    /// The number K of classes of the class head.
    public var classes: Int
    /// The number Q of words that masked words are told from.
    public var labelWords: Int
    /// The TED-Adapters of the image tower.
    public var visionAdapters: Adapters
    /// The text adapters of the text encoder and the cross-modal block.
    public var textAdapters: Adapters
    /// The length in frames of a TED-Adapter's temporal convolution, odd.
    public var enhancementKernel = 3
    /// What a TED-Adapter does with the differences between frames.
    public var difference = DifferenceBranch.released
    /// Whether frame features pass a temporal adapter behind the projection.
    public var hasTemporalAdapter = true
    /// The rate of dropping before the class head while training.
    public var classDropout = 0.5
    /// The sentences that labels are put into.
    public var templates = [PromptTemplate.video]

    /// Makes a configuration with the released Kinetics model's placements.
    ///
    /// TED-Adapters half as wide as the image tower stand before the feed-forward part of all its blocks, text adapters
    /// three quarters as wide as the text tower before that of the last text block and the cross-modal block.
    ///
    /// - Parameters:
    ///   - clip: the CLIP model below.
    ///   - frames: the number T of frames of a clip.
    ///   - classes: the number K of classes.
    ///   - labelWords: the number Q of words that masked words are told from.
    public init(clip: CLIPConfiguration, frames: Int = 8, classes: Int, labelWords: Int) {
        self.clip = clip
        self.frames = frames
        self.classes = classes
        self.labelWords = labelWords
        let (vision, text) = (clip.vision.blocks, clip.text.blocks)
        visionAdapters = Adapters(.beforeMLP, layers: vision.layers, width: max(1, vision.width / 2))
        textAdapters = Adapters(.beforeMLP, layers: 2, width: max(1, text.width / 4 * 3))
    }

    /// The stack of text blocks with the cross-modal block as its last, which is as large as the one before.
    public var textBlocks: TransformerConfiguration {
        var blocks = clip.text.blocks
        blocks.heads += blocks.heads.suffix(1)
        blocks.mlpWidths += blocks.mlpWidths.suffix(1)
        return blocks
    }

    /// The first block of the text encoder that has an adapter; the encoder's depth where none has.
    public var firstAdaptedTextBlock: Int { min(clip.text.blocks.layers, textBlocks.layers - textAdapters.layers) }

    /// Whether training changes a parameter; everything else is CLIP's and stays.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: whether the name holds `adapter`.
    public static func isTrained(_ name: String) -> Bool { name.contains("adapter") }
}
