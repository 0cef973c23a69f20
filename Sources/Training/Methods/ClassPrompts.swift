internal import CLIP
internal import Torch
internal import Video

/// Sentences of class names, drawn anew for each clip and step, each tokenized once.
@TorchActor
final class ClassPrompts {
    private let classes: [String]
    private let draw: PromptDraw
    private let tokenizer: Tokenizer
    private let contextLength: Int
    private var known: [String: [Int32]] = [:]

    init(classes: [String], draw: PromptDraw, tokenizer: Tokenizer, contextLength: Int) {
        (self.classes, self.draw, self.tokenizer, self.contextLength) = (classes, draw, tokenizer, contextLength)
    }

    /// Token ids `[B, N]` of a sentence for each clip's class.
    func tokens(for labels: [Int], draws: inout [SeededDraws]) throws(TokenizerError) -> Tensor {
        var ids: [Int32] = []
        for (clip, label) in labels.enumerated() {
            ids += try tokens(of: draw(classes[label], draws: &draws[clip]))
        }
        return Tensor(ids, shape: [labels.count, contextLength])
    }

    private func tokens(of sentence: String) throws(TokenizerError) -> [Int32] {
        if let tokens = known[sentence] { return tokens }
        let tokens = try tokenizer([sentence], contextLength: contextLength, truncating: true)[0]
        known[sentence] = tokens
        return tokens
    }
}
