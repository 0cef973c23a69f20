public import ActionModels
public import Video

/// The choice of a sentence around a class name, anew for each clip and step.
///
/// Source: ActionCLIP `utils/Text_Prompt.py` and `train.py`: of its 16 sentences one, all equally likely.
public struct PromptDraw: Sendable, Equatable {
    /// The sentences to choose from.
    public let templates: [PromptTemplate]

    /// Makes a choice.
    ///
    /// - Parameter templates: the sentences to choose from; none is a programmer's mistake.
    public init(_ templates: [PromptTemplate] = PromptTemplate.actionCLIP) {
        precondition(!templates.isEmpty, "PromptDraw: no sentences to choose from")
        self.templates = templates
    }

    /// The sentence of a clip, by one whole number drawn in 0..<(the number of sentences).
    ///
    /// - Parameters:
    ///   - label: the class's name, which stands in the sentence as it is.
    ///   - draws: where random numbers come from.
    /// - Returns: the sentence.
    public func callAsFunction(_ label: String, draws: inout some DrawSource) -> String {
        templates[draws.integer(in: templates.indices)](label)
    }

    /// The sentences of a batch, each chosen on its own.
    ///
    /// - Parameters:
    ///   - labels: the clips' class names.
    ///   - draws: where random numbers come from.
    /// - Returns: a sentence for each clip, in order.
    public func callAsFunction(_ labels: [String], draws: inout some DrawSource) -> [String] {
        labels.map { self($0, draws: &draws) }
    }
}
