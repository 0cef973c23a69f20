/// Architectures that people call by name, without weights.
///
/// Source: openai/CLIP; the table of TinyCLIP (ICCV 2023), names without the text tower's part.
public enum NamedArchitecture: String, Sendable, CaseIterable, Codable {
    /// OpenAI's ViT-B/32.
    case vitB32 = "ViT-B/32"
    /// OpenAI's ViT-B/16.
    case vitB16 = "ViT-B/16"
    /// OpenAI's ViT-L/14.
    case vitL14 = "ViT-L/14"
    /// TinyCLIP-ViT-39M-16-Text-19M.
    case tinyCLIP39M16 = "TinyCLIP-39M/16"
    /// TinyCLIP-ViT-61M-32-Text-29M.
    case tinyCLIP61M32 = "TinyCLIP-61M/32"
    /// TinyCLIP-ViT-40M-32-Text-19M.
    case tinyCLIP40M32 = "TinyCLIP-40M/32"
    /// TinyCLIP-ViT-8M-16-Text-3M.
    case tinyCLIP8M16 = "TinyCLIP-8M/16"

    /// The name as a text says it.
    public var title: String { rawValue.replacing("TinyCLIP-", with: "TinyCLIP ") }

    /// The sizes of both towers.
    public var configuration: CLIPConfiguration {
        switch self {
        case .vitB32: .vitB32
        case .vitB16: .vitB16
        case .vitL14: .vitL14
        case .tinyCLIP39M16: Self.tiny(patch: 16, image: (512, 12), text: (512, 6))
        case .tinyCLIP61M32: Self.tiny(patch: 32, image: (640, 12), text: (512, 9))
        case .tinyCLIP40M32: Self.tiny(patch: 32, image: (512, 12), text: (512, 6))
        case .tinyCLIP8M16: Self.tiny(patch: 16, image: (256, 10), text: (256, 3))
        }
    }

    /// Width and blocks of each tower; heads are 64 wide.
    private static func tiny(patch: Int, image: (Int, Int), text: (Int, Int)) -> CLIPConfiguration {
        func blocks(_ sizes: (Int, Int)) -> TransformerConfiguration {
            TransformerConfiguration(width: sizes.0, layers: sizes.1, heads: sizes.0 / 64)
        }
        return CLIPConfiguration(
            embedDim: 512, vision: VisionConfiguration(imageSize: 224, patchSize: patch, blocks: blocks(image)),
            text: TextConfiguration(contextLength: 77, vocabularySize: 49_408, blocks: blocks(text)), activation: .gelu)
    }
}
