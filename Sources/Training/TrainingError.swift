/// What can go wrong in training.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
    /// A recipe with a number that cannot be.
    case badRecipe(String)
    /// An evaluation with a setting that cannot be.
    case badEvaluation(String)
    /// A file that is not what it should be.
    case unreadable(path: String, detail: String)
    /// A file that could not be written.
    case unwritable(path: String, detail: String)
    /// A preset's file that cannot be used; the line counts from 1, the key is empty for the file as a whole.
    case badPreset(path: String, line: Int?, key: String, detail: String)
    /// A name that no bundled preset has, and names that are near.
    case unknownPreset(String, near: [String])
    /// A name that no bundled recipe has, and names that are near.
    case unknownRecipe(String, near: [String])
    /// A program without its presets and recipes.
    case noPresets
    /// The loss or its gradients became infinite or NaN.
    case diverged(step: Int?, Divergence)
    /// A run that would go on with other lists, classes or start weights than it began with.
    case otherSources(path: String, differences: [String])
    /// A folder that another run is writing.
    case busy(path: String)
    /// Kept features that cannot be used or written.
    case features(path: String, FeatureCacheProblem)
    /// A smaller model that cannot be cut out of a larger one.
    case cannotInherit(String)
    /// A spatial vocabulary that cannot be used; by its path or name.
    case badVocabulary(path: String, detail: String)
    /// A name that no bundled vocabulary has, and names that are near.
    case unknownVocabulary(String, near: [String])
    /// A spatial prediction with a setting that cannot be.
    case badPrediction(String)
    /// Spatial targets that cannot be used or written.
    case spatialTargets(path: String, SpatialTargetsProblem)
    /// Kept predictions of a teacher that cannot be used or written.
    case teacherPredictions(path: String, TeacherPredictionsProblem)
    /// Two sets of weights that are not those of one architecture.
    case otherWeights(WeightInterpolation.Mismatch)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .badRecipe(let detail): "the recipe cannot be: \(detail)"
        case .badEvaluation(let detail): "the evaluation cannot be: \(detail)"
        case .unreadable(let path, let detail): "\(path): \(detail)"
        case .unwritable(let path, let detail): "\(path): cannot be written: \(detail)"
        case .badPreset(let path, let line, let key, let detail):
            "\(path)\(line.map { ":\($0)" } ?? ""): \(key.isEmpty ? "" : "\(key): ")\(detail)"
        case .unknownPreset(let name, let near):
            "there is no preset \(name); near are \(near.joined(separator: ", ")); "
                + "`verb inspect --presets` lists all, and a file of your own is named by its path, ending in .yaml"
        case .unknownRecipe(let name, let near):
            "there is no recipe \(name); near are \(near.joined(separator: ", ")); "
                + "a file of your own is named by its path, ending in .yaml"
        case .noPresets:
            "no presets and recipes beside the program; the folder verb_Training.resources must stay beside it"
        case .diverged(let step, let divergence):
            "\(step.map { "step \($0): " } ?? "")\(divergence); lower the learning rate or the gradient clip"
        case .otherSources(let path, let differences):
            "\(path) holds a run that began from something else: \(differences.joined(separator: "; ")); bring the files "
                + "back that it began with, or choose another folder"
        case .busy(let path): "\(path): another run is at work in this folder; choose another one, or wait for its end"
        case .features(let path, let problem): "\(path): \(problem)"
        case .cannotInherit(let detail):
            "the weights cannot be inherited: \(detail); the student must be smaller than the teacher everywhere"
        case .badVocabulary(let path, let detail): "\(path): the vocabulary cannot be used: \(detail)"
        case .unknownVocabulary(let name, let near):
            "there is no vocabulary \(name); near are \(near.joined(separator: ", ")); "
                + "a file of your own is named by its path, ending in .json"
        case .badPrediction(let detail): "the spatial prediction cannot be: \(detail)"
        case .spatialTargets(let path, let problem): "\(path): \(problem)"
        case .teacherPredictions(let path, let problem): "\(path): \(problem)"
        case .otherWeights(let mismatch):
            "the two sets of weights differ in \(mismatch.names.count) tensors, so there is nothing between them: "
                + mismatch.details.prefix(5).joined(separator: "; ") + (mismatch.details.count > 5 ? "; …" : "")
        }
    }
}
