internal import CLIP
public import Torch

extension M2CLIP {
    /// Puts a new M2-CLIP on a CLIP model.
    ///
    /// The image tower starts as CLIP's own. The cross-modal block starts as a copy of the last text block, its adapters
    /// included where both have them in the same place.
    ///
    /// - Parameters:
    ///   - clip: CLIP's tensors by canonical name; the model takes them over.
    ///   - configuration: the sizes and choices.
    ///   - trained: tensors of an earlier training, which may be incomplete; see ``M2CLIPLayout/withoutHeads(_:)``.
    ///   - generator: the source of new values.
    ///   - path: for errors.
    /// - Returns: the model and its parameters.
    /// - Throws: `ActionModelError.badConfiguration` or `.clip` for sizes that cannot be, `.unfitting` with everything
    ///   that does not fit.
    public static func adapting(
        _ clip: [String: Tensor], _ configuration: M2CLIPConfiguration, trained: [String: Tensor] = [:],
        generator: Generator = Generator(seed: 0), path: String
    ) throws(ActionModelError) -> (model: M2CLIP, parameters: Parameters) {
        try configuration.validate()
        let tensors = M2CLIPLayout.backbone(clip, configuration).merging(trained) { _, own in own }
        do throws(ParameterError) {
            let built = try Parameters.build(
                .checkpoint(tensors, fresh: M2CLIPConfiguration.isTrained, generator: generator)
            ) { M2CLIP($0, configuration) }
            copyLastTextBlock(built.parameters, configuration) { trained[$0] == nil }
            return built
        } catch {
            throw .unfitting(path: path, error)
        }
    }

    /// Starts the cross-modal block with the last text block's values, wherever a parameter of the same name and shape
    /// stands there.
    ///
    /// - Parameters:
    ///   - parameters: of a new model.
    ///   - configuration: its sizes.
    ///   - isIncluded: which of the cross-modal block's parameters to write, by name.
    public static func copyLastTextBlock(
        _ parameters: Parameters, _ configuration: M2CLIPConfiguration,
        where isIncluded: (String) -> Bool = { _ in true }
    ) {
        let last = configuration.clip.text.blocks.layers
        let (source, target) = (M2CLIPLayout.textBlock(last - 1), M2CLIPLayout.textBlock(last))
        for name in parameters.names where name.hasPrefix(target) && isIncluded(name) {
            guard let own = parameters[name], let value = parameters[source + name.dropFirst(target.count)],
                own.shape == value.shape
            else { continue }
            own.copy(from: value)
        }
    }
}
