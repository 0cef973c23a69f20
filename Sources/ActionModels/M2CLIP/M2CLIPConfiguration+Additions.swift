internal import CLIP
internal import Torch

extension M2CLIPConfiguration {
    /// The TED-Adapters of the image tower.
    var visionAdditions: TowerAdditions {
        var sizes = TEDAdapter.Sizes(
            width: clip.vision.blocks.width, bottleneck: visionAdapters.width, frames: frames)
        sizes.kernel = enhancementKernel
        sizes.difference = difference
        return visionAdapters.additions(depth: clip.vision.blocks.layers) { [sizes] in TEDAdapter($0, sizes) }
    }

    /// The text adapters, the cross-modal block counted as the last of its stack.
    var textAdditions: TowerAdditions {
        textAdapters.additions(depth: textBlocks.layers) { [self] in
            TextAdapter($0, width: clip.text.blocks.width, bottleneck: textAdapters.width)
        }
    }
}

extension M2CLIPConfiguration.Adapters {
    /// Puts adapters into the last blocks of a stack.
    fileprivate func additions(depth: Int, _ adapter: @escaping (Scope) -> any StreamAdapter) -> TowerAdditions {
        TowerAdditions { [self] scope, block in
            guard block >= depth - layers else { return BlockAdapters() }
            return BlockAdapters(
                beforeAttention: placement.isBeforeAttention ? adapter(scope / "adapter_pre_attn") : nil,
                beforeMLP: placement.isBeforeMLP ? adapter(scope / "adapter_pre_mlp") : nil)
        }
    }
}
