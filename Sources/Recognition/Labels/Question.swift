internal import ActionModels

/// What a session asks its model.
public enum Question: Sendable, Equatable {
    /// Which of the classes that it was trained on, by these names.
    case trained([String])
    /// Which of these labels, by similarity of their texts in these sentences; nil means the model's own.
    case texts(LabelSet, PromptSet?)
}

/// By what a model is to score.
public enum ScoringHead: String, Sendable, CaseIterable {
    /// By its trained classes.
    case classes
    /// By the similarity of label texts.
    case texts
}

extension RecognitionModel {
    /// Settles what the model is asked, from what a user gave.
    ///
    /// Labels are texts where the model has a text tower; otherwise, or by request, they name its trained classes in
    /// their order. Without labels the names in the model's folder are used.
    ///
    /// - Parameters:
    ///   - labels: the actions to tell apart; nil means the trained classes.
    ///   - prompts: the sentences that labels are put into; nil means the model's own.
    ///   - head: by what to score; nil leaves it to the model.
    /// - Returns: the question.
    /// - Throws: `RecognitionError.labelsNeeded` when the model cannot be asked that.
    public func question(
        labels: LabelSet?, prompts: PromptSet? = nil, head: ScoringHead? = nil
    ) throws(RecognitionError) -> Question {
        let head = head ?? (labels != nil && model.text != nil ? .texts : .classes)
        switch head {
        case .texts:
            guard model.text != nil else {
                throw .labelsNeeded(
                    model: path, detail: "\(kind.title) has no text tower; it knows its trained classes only")
            }
            if let labels { return .texts(labels, prompts) }
            guard let classNames else { throw .labelsNeeded(model: path, detail: "name the actions with --labels") }
            return .texts(try LabelSet(classNames), prompts)
        case .classes:
            guard prompts == nil else {
                throw .labelsNeeded(
                    model: path, detail: "trained classes are not put into sentences; leave out the prompts")
            }
            guard let classes = model.classes else {
                throw .labelsNeeded(
                    model: path, detail: "\(kind.title) has no trained classes; name the actions with --labels")
            }
            guard let names = labels?.names ?? classNames else {
                throw .labelsNeeded(
                    model: path,
                    detail: "the names of its \(classes) classes are not beside it; give them in their order with "
                        + "--labels-file")
            }
            guard names.count == classes else {
                throw .labelsNeeded(
                    model: path,
                    detail: "it knows \(classes) trained classes only; give their names in their order, not "
                        + "\(names.count) labels")
            }
            return .trained(names)
        }
    }
}
