internal import Datasets
internal import Torch

/// What a run computes from beside its recipe: fingerprints of its lists, its classes and its start.
///
/// They must be the same in all processes of a run and whenever it goes on.
public struct RunSources: Codable, Sendable, Equatable {
    /// SHA-256 of the list of clips to train on.
    public let trainList: String
    /// SHA-256 of the list of clips to evaluate on; nil without one.
    public let validationList: String?
    /// SHA-256 of the names of the classes.
    public let classes: String
    /// ``WeightDigest`` of the model that the run starts from.
    public let startWeights: String
    /// Fingerprints of what a student learns from: its teacher, its spatial targets; nil for other methods.
    public var lessons: [String: String]?

    @TorchActor
    init(_ data: RunData, _ start: StartingPoint, lessons: [String: String] = [:]) {
        (trainList, validationList) = (data.train.digest, data.validationDigest)
        (classes, startWeights) = (data.classes.digest, start.digest)
        self.lessons = lessons.isEmpty ? nil : lessons
    }

    /// The same without lessons that an earlier version of Verb did not note.
    func asNoted(in other: RunSources) -> RunSources {
        var sources = self
        let noted = (lessons ?? [:]).filter { other.lessons?[$0.key] != nil }
        sources.lessons = noted.isEmpty ? nil : noted
        return sources
    }

    /// Checks that all processes do the same run.
    @TorchActor
    func verifySame(_ recipe: TrainingRecipe, over group: ProcessGroup) throws(ProcessGroupError) {
        try group.verifySame(recipe.text, "the recipe")
        try group.verifySame(trainList, "the list of clips to train on")
        try group.verifySame(validationList ?? "none", "the list of clips to evaluate on")
        try group.verifySame(classes, "the names of the classes")
        try group.verifySame(startWeights, "the weights that the run starts from")
        for (name, digest) in (lessons ?? [:]).sorted(by: { $0.key < $1.key }) {
            try group.verifySame(digest, name)
        }
    }
}
