public import Torch
public import CLIP

/// What can be wrong with a video model that a user names or describes.
public enum ActionModelError: Error, CustomStringConvertible {
    /// A size or choice that no model can have, or two that contradict each other.
    case badConfiguration(String)
    /// A file that is none of the checkpoints that Verb knows.
    case unknownLayout(path: String, detail: String)
    /// A checkpoint whose tensors contradict each other or the configuration.
    case inconsistentWeights(path: String, detail: String)
    /// A checkpoint that holds the trained tensors only, and no CLIP to put them on was named.
    case needsBackbone(path: String, detail: String)
    /// Weights that do not fit the model, all of them.
    case unfitting(path: String, ParameterError)
    /// Weights with values that are not finite numbers.
    case notFinite(path: String, names: [String])
    /// What is wrong with the CLIP model below, or with the model's directory.
    case clip(CLIPError)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badConfiguration(let detail): "the model's configuration cannot be: \(detail)"
        case .unknownLayout(let path, let detail): "\(path): \(detail)"
        case .inconsistentWeights(let path, let detail): "\(path): \(detail)"
        case .needsBackbone(let path, let detail): "\(path): \(detail); name the CLIP model with --backbone"
        case .unfitting(let path, let error): "\(path): \(error)"
        case .notFinite(let path, let names):
            "\(path): values that are not finite in \(names.prefix(4).joined(separator: ", ")); "
                + "the file is damaged or its training diverged"
        case .clip(let error): "\(error)"
        }
    }
}
