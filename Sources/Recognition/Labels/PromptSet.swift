public import ActionModels

/// The sentences that labels are put into before the text tower reads them.
///
/// How several templates are combined is the model's rule, ``ActionModels/TextScoring``.
public struct PromptSet: Sendable, Equatable {
    /// The templates, at least one.
    public let templates: [PromptTemplate]

    /// Takes templates as they are.
    ///
    /// - Parameter templates: at least one.
    /// - Throws: `RecognitionError.noPrompts`.
    public init(_ templates: [PromptTemplate]) throws(RecognitionError) {
        guard !templates.isEmpty else { throw .noPrompts }
        self.templates = templates
    }

    /// Reads templates.
    ///
    /// - Parameter texts: sentences with one `{}` each, at least one.
    /// - Throws: `RecognitionError.noPrompts` or `.badPrompt`.
    public init(texts: [String]) throws(RecognitionError) {
        var templates: [PromptTemplate] = []
        for text in texts {
            guard let template = PromptTemplate(text) else { throw .badPrompt(text) }
            templates.append(template)
        }
        try self.init(templates)
    }

    /// Reads a list with one template a line; empty lines are passed over.
    ///
    /// - Parameter path: a text file in UTF-8.
    /// - Throws: `RecognitionError` as for given texts, or `unreadableList`.
    public init(contentsOf path: String) throws(RecognitionError) {
        try self.init(texts: TextList.lines(of: path))
    }
}
