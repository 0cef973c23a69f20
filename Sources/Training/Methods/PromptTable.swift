internal import ActionModels
internal import CLIP
internal import Torch
internal import Video

/// The token ids of every class in every prompt, for texts whose class is known only within a step.
struct PromptTable: Sendable {
    /// The names of the classes as sentences hold them.
    let classes: [String]
    private let templates: [PromptTemplate]
    /// Template-major: row p K + k is class k under prompt p.
    let tokens: Tensor
    private let tokenizer: Tokenizer
    private let contextLength: Int

    init(
        classes: [String], templates: [PromptTemplate] = PromptTemplate.actionCLIP, tokenizer: Tokenizer,
        contextLength: Int
    ) throws(TokenizerError) {
        (self.classes, self.templates) = (classes, templates)
        (self.tokenizer, self.contextLength) = (tokenizer, contextLength)
        let sentences = templates.flatMap { template in classes.map(template.callAsFunction) }
        tokens = try Self.tokens(of: sentences, tokenizer, contextLength)
    }

    /// A prompt for each clip, drawn as ``PromptDraw`` draws.
    func prompts(for clips: Int, draws: inout [SeededDraws]) -> [Int] {
        (0..<clips).map { draws[$0].integer(in: templates.indices) }
    }

    /// Token ids `[B, N]` of classes under prompts.
    func tokens(prompts: [Int], classes labels: [Int]) -> Tensor {
        tokens.selected(0, Tensor(zip(prompts, labels).map { $0 * classes.count + $1 }))
    }

    /// The sentences of classes under prompts.
    func sentences(prompts: [Int], classes labels: [Int]) -> [String] {
        zip(prompts, labels).map { templates[$0](classes[$1]) }
    }

    /// Token ids `[B, N]` of other sentences for the same text tower.
    func tokens(of sentences: [String]) throws(TokenizerError) -> Tensor {
        try Self.tokens(of: sentences, tokenizer, contextLength)
    }

    private static func tokens(
        of sentences: [String], _ tokenizer: Tokenizer, _ contextLength: Int
    ) throws(TokenizerError) -> Tensor {
        let ids = try tokenizer(sentences, contextLength: contextLength, truncating: true)
        return Tensor(ids.flatMap(\.self), shape: [ids.count, contextLength])
    }
}
