internal import ActionModels
internal import CLIP
internal import Torch
internal import Video

/// The model and the encoded labels: from frames to probabilities.
///
/// Belongs on the LibTorch thread.
struct ActionScorer: Sendable {
    let labels: LabelSet
    let preprocessing: Preprocessing
    private let model: FrameMeanCLIP
    private let device: Device
    /// The number of pictures encoded at once.
    private let imageBatch: Int
    /// The labels' features, normalised, `[K, E]`.
    let texts: Tensor

    init(_ model: RecognitionModel, labels: LabelSet, prompts: PromptSet) throws(RecognitionError) {
        self.labels = labels
        self.model = FrameMeanCLIP(model.clip)
        preprocessing = model.preprocessing
        device = model.clip.logitScale.device
        imageBatch = Self.batch(
            tokens: model.clip.configuration.vision.tokens, model.clip.configuration.vision.blocks)
        texts = try Self.encode(labels, prompts, model, device)
    }

    /// As many items as about 60 GMAC, half a second of two cores, so that memory stays small and cancelling is quick.
    private static func batch(tokens: Int, _ blocks: TransformerConfiguration) -> Int {
        let item = Double(tokens) * Double(blocks.layers) * 12 * Double(blocks.width) * Double(blocks.width)
        return min(max(Int(60e9 / max(item, 1)), 1), 32)
    }

    /// The prompt ensemble of ``PromptSet``.
    private static func encode(
        _ labels: LabelSet, _ prompts: PromptSet, _ model: RecognitionModel, _ device: Device
    ) throws(RecognitionError) -> Tensor {
        let text = model.clip.configuration.text
        let batch = batch(tokens: text.contextLength, text.blocks)
        var features: [Tensor] = []  // a template: [K, E]
        for template in prompts.templates {
            let rows: [[Int32]]
            do {
                rows = try model.tokenizer(labels.names.map { template($0) }, contextLength: text.contextLength)
            } catch {
                throw .tokenizer(error)
            }
            var parts: [Tensor] = []
            for start in stride(from: 0, to: rows.count, by: batch) {
                guard !Task.isCancelled else { throw .cancelled }
                let part = Array(rows[start..<min(start + batch, rows.count)])
                let tokens = Tensor(part.flatMap(\.self), shape: [part.count, text.contextLength]).to(device: device)
                parts.append(withoutGradient { model.clip.encodeText(tokens).normalized() })  // [part, E]
            }
            features.append(Tensor.concatenated(parts))
        }
        return withoutGradient { Tensor.stacked(features).mean(0).normalized() }  // [K, E]
    }

    /// Encodes prepared pictures in batches of bounded size.
    ///
    /// - Returns: one feature `[E]` a picture.
    func encode(_ frames: [Frame]) throws(RecognitionError) -> [Tensor] {
        var features: [Tensor] = []
        for start in stride(from: 0, to: frames.count, by: imageBatch) {
            guard !Task.isCancelled else { throw .cancelled }
            let part = Array(frames[start..<min(start + imageBatch, frames.count)])
            let rows = withoutGradient {
                let pixels = Preprocessing.packed(part).to(device: device)  // [B, H, W, 3]
                return model.clip.encodeImage(preprocessing.normalized(pixels))  // [B, E]
            }
            features += part.indices.map { rows.select(0, $0) }
        }
        return features
    }

    /// Ranks the labels for the frames of one clip.
    func rank(_ features: [Tensor]) throws(RecognitionError) -> [Prediction] {
        guard !features.isEmpty else { throw .emptyClip }
        let probabilities = withoutGradient {
            let video = model.pooled(Tensor.stacked(features).unsqueezed(0))  // [1, E]
            return model.clip.logits(images: video, texts: texts).softmax().array(of: Double.self)
        }
        guard probabilities.allSatisfy(\.isFinite) else { throw .notFinite }
        let order = probabilities.indices.sorted {
            probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
        }
        return order.map { Prediction(label: labels.names[$0], probability: probabilities[$0]) }
    }
}
