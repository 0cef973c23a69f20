extension PromptTemplate {
    /// ActionCLIP's 16 sentences, in its order.
    ///
    /// Training draws one for each clip and step; recognition uses all. Source: ActionCLIP `utils/Text_Prompt.py`.
    public static let actionCLIP: [PromptTemplate] = [
        "a photo of action {}", "a picture of action {}", "Human action of {}", "{}, an action", "{} this is an action",
        "{}, a video of action", "Playing action of {}", "{}", "Playing a kind of action, {}",
        "Doing a kind of action, {}", "Look, the human is {}", "Can you recognize the action of {}?",
        "Video classification of {}", "A video of {}", "The man is {}", "The woman is {}",
    ].map(PromptTemplate.init(verbatim:))
}
