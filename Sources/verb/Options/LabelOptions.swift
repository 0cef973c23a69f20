import ArgumentParser
import Recognition

/// Which actions are told apart, and in which sentences.
struct LabelOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The actions to tell apart, in plain words.", valueName: "label"))
    var labels: [String] = []

    @Option(help: ArgumentHelp("A file with one action a line.", valueName: "file"))
    var labelsFile: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Sentences with {} for the label; several are averaged (default: a video of a person {}).",
            valueName: "sentence"))
    var prompt: [String] = []

    @Option(help: ArgumentHelp("A file with one such sentence a line.", valueName: "file"))
    var promptsFile: String?

    func validate() throws {
        guard labels.isEmpty != (labelsFile == nil) else {
            throw ValidationError("Name the actions with either --labels or --labels-file.")
        }
        guard prompt.isEmpty || promptsFile == nil else {
            throw ValidationError("Give sentences with either --prompt or --prompts-file.")
        }
    }

    func labelSet() throws(RecognitionError) -> LabelSet {
        if let labelsFile { try LabelSet(contentsOf: labelsFile) } else { try LabelSet(labels) }
    }

    func promptSet() throws(RecognitionError) -> PromptSet {
        if let promptsFile { return try PromptSet(contentsOf: promptsFile) }
        return prompt.isEmpty ? .standard : try PromptSet(texts: prompt)
    }
}
