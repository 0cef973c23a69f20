public import CLIP
public import Torch

/// The sizes of a linear probe: a class head on the frozen frame mean of a CLIP model.
///
/// Source: CLIP (ICML 2021), section 3.2, on the mean of a clip's frames.
public struct LinearProbeConfiguration: Codable, Sendable, Equatable {
    /// The CLIP model whose image tower is probed; its text tower is not part of the model.
    public var clip: CLIPConfiguration
    /// The number T of frames of a clip.
    public var frames: Int
    /// The number K of classes.
    public var classes: Int

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - clip: the CLIP model whose image tower is probed.
    ///   - frames: the number of frames of a clip.
    ///   - classes: the number of classes.
    public init(clip: CLIPConfiguration, frames: Int = 8, classes: Int) {
        self.clip = clip
        self.frames = frames
        self.classes = classes
    }

    /// Whether training changes a parameter: the head alone.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for CLIP's own tensors.
    public static func isTrained(_ name: String) -> Bool { name.hasPrefix("head.") }

    /// The size of the model's parts and the work of one clip.
    public var cost: ActionModelCost {
        let tower = ModelCost(clip), head = classes * (clip.embedDim + 1)
        return ActionModelCost([
            CostPart("image tower", parameters: tower.visionParameters, clipMACs: frames * tower.imageMACs),
            CostPart("class head", parameters: head, trained: head, clipMACs: classes * clip.embedDim),
        ])
    }

    /// A CLIP model's tensors under the names of the probe's frozen part.
    ///
    /// - Parameter clip: by canonical name.
    /// - Returns: the image tower's.
    public static func backbone(_ clip: [String: Tensor]) -> [String: Tensor] {
        clip.filter { $0.key.hasPrefix("visual.") }
    }

    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `ActionModelError.badConfiguration` or `.clip` for the first number that cannot be.
    public func validate() throws(ActionModelError) {
        do { try clip.validate() } catch { throw .clip(error) }
        try check("frames", frames, 1...1024)
        try check("classes", classes, 1...1_000_000)
    }
}
