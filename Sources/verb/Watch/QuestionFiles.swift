import Recognition

/// What a model is asked, as far as it is in files that may be changed while they are used.
struct QuestionFiles: Sendable {
    private var labels: LabelSet?
    private var prompts: PromptSet?
    private var labelsFile: ListFile<LabelSet>?
    private var promptsFile: ListFile<PromptSet>?
    private var isChanged = false
    private let question: @Sendable (LabelSet?, PromptSet?) throws(RecognitionError) -> Question

    /// - Parameters:
    ///   - options: where the labels and sentences are; without a file there is nothing that may change.
    ///   - labels: the labels that are asked for now.
    ///   - prompts: the sentences that they are put into now.
    ///   - question: what the model is asked with others.
    init?(
        _ options: LabelOptions, labels: LabelSet?, prompts: PromptSet?,
        question: @escaping @Sendable (LabelSet?, PromptSet?) throws(RecognitionError) -> Question
    ) {
        guard options.labelsFile != nil || options.promptsFile != nil else { return nil }
        (self.labels, self.prompts, self.question) = (labels, prompts, question)
        labelsFile = options.labelsFile.map { ListFile(labels: $0, labels) }
        promptsFile = options.promptsFile.map { ListFile(prompts: $0, prompts) }
    }

    /// Looks at the files.
    ///
    /// - Returns: the question that they ask now when it is another than before.
    /// - Throws: `RecognitionError` once for a list that cannot be used.
    mutating func change() throws(RecognitionError) -> Question? {
        if let labels = try labelsFile?.change() { (self.labels, isChanged) = (labels, true) }
        if let prompts = try promptsFile?.change() { (self.prompts, isChanged) = (prompts, true) }
        guard isChanged else { return nil }
        isChanged = false
        return try question(labels, prompts)
    }
}
