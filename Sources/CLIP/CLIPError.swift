public import Torch

/// What can be wrong with a model that a user names.
public enum CLIPError: Error, CustomStringConvertible {
    /// A size that no model can have, or two that contradict each other.
    case badConfiguration(String)
    /// A configuration file that cannot be read as one.
    case unreadableConfiguration(path: String, detail: String)
    /// Something in a known format that Verb does not implement.
    case unsupported(path: String, feature: String)
    /// A path that holds no model.
    case notAModel(path: String, detail: String)
    /// A file of weights that cannot be read.
    case unreadableWeights(path: String, detail: String)
    /// Weights whose layers or sizes contradict each other or the configuration.
    case inconsistentWeights(path: String, detail: String)
    /// Weights that do not fit the model, all of them.
    case unfitting(path: String, ParameterError)
    /// Weights with values that are not finite numbers.
    case notFinite(path: String, names: [String])
    /// Weights that do not say which activation they were trained with.
    case unknownActivation(path: String)
    /// A model that cannot be encoded with in a precision, and why.
    case engine(Precision, String)
    /// A folder or file that could not be written.
    case unwritable(path: String, detail: String)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badConfiguration(let detail): "the model's configuration cannot be: \(detail)"
        case .unreadableConfiguration(let path, let detail): "\(path): not a readable configuration: \(detail)"
        case .unsupported(let path, let feature): "\(path): \(feature) is not supported"
        case .notAModel(let path, let detail): "\(path): \(detail)"
        case .unreadableWeights(let path, let detail): "\(path): \(detail)"
        case .inconsistentWeights(let path, let detail): "\(path): \(detail)"
        case .unfitting(let path, let error): "\(path): \(error)"
        case .notFinite(let path, let names):
            "\(path): values that are not finite in \(names.prefix(4).joined(separator: ", ")); "
                + "the file is damaged, its training diverged, or they are too large for the type written"
        case .unknownActivation(let path):
            "\(path): the weights do not tell their activation; pass --activation quick_gelu (OpenAI's weights) "
                + "or --activation gelu (TinyCLIP and most of open_clip)"
        case .engine(let precision, let detail):
            "the model cannot compute with precision \(precision.rawValue): \(detail); use another one, such as fp32"
        case .unwritable(let path, let detail): "\(path): cannot be written: \(detail)"
        }
    }
}
