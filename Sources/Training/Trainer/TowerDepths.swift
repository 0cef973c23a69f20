internal import ActionModels
internal import CLIP
internal import Torch

extension ActionModelConfiguration {
    /// How deep each parameter lies in the towers, for learning rates that fall towards the input.
    var towerDepths: [LayerDepth] {
        let image = vision.blocks.layers
        switch self {
        case .clip, .m2CLIP, .linearProbe:
            return [.imageTower(layers: image)] + (text.map { [.textTower(layers: $0.blocks.layers)] } ?? [])
        case .actionCLIP(let configuration):
            return [
                .imageTower(layers: image, prefix: "model.visual."),
                .textTower(layers: configuration.clip.text.blocks.layers, prefix: "model."),
            ]
        case .evl: return [.imageTower(layers: image, prefix: "backbone.")]
        case .stAdapter: return [.imageTower(layers: image, prefix: "")]
        }
    }
}
