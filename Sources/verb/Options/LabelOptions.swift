public import ArgumentParser
public import Recognition

extension ScoringHead: ExpressibleByArgument {}

/// Which actions are told apart, and in which sentences.
struct LabelOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The actions to tell apart, in plain words (default: the classes that the model was trained on).",
            valueName: "label"))
    var labels: [String] = []

    @Option(help: ArgumentHelp("A file with one action a line.", valueName: "file"))
    var labelsFile: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Sentences with {} for the label; several are averaged (default: the model's own).",
            valueName: "sentence"))
    var prompt: [String] = []

    @Option(help: ArgumentHelp("A file with one such sentence a line.", valueName: "file"))
    var promptsFile: String?

    @Option(
        help: ArgumentHelp(
            "Score by the trained classes, which labels then name in their order, or by the texts of labels "
                + "(default: texts where labels are given and the model has a text tower).", valueName: "head"))
    var scoreBy: ScoringHead?

    func validate() throws {
        guard labels.isEmpty || labelsFile == nil else {
            throw ValidationError("Name the actions with either --labels or --labels-file.")
        }
        guard prompt.isEmpty || promptsFile == nil else {
            throw ValidationError("Give sentences with either --prompt or --prompts-file.")
        }
    }

    var areGiven: Bool { !labels.isEmpty || labelsFile != nil }

    /// The labels that were given, if any.
    func labelSet() throws(RecognitionError) -> LabelSet? {
        if let labelsFile { return try LabelSet(contentsOf: labelsFile) }
        return labels.isEmpty ? nil : try LabelSet(labels)
    }

    /// The sentences that were given, if any.
    func promptSet() throws(RecognitionError) -> PromptSet? {
        if let promptsFile { return try PromptSet(contentsOf: promptsFile) }
        return prompt.isEmpty ? nil : try PromptSet(texts: prompt)
    }
}
