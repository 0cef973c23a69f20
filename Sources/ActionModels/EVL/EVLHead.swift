internal import CLIP
public import Torch

/// All of EVL that is trained on a frozen tower: the decoder and the class head.
///
///     logits = W · dropout(norm(query)) + b
///
/// It works on features, also on such that were computed and kept before, and needs no tower for that.
/// Source: EVL `model.py`, `EVLTransformer`.
public struct EVLHead: Sendable {
    /// The decoder.
    public let decoder: EVLDecoder
    let norm: LayerNorm
    let classifier: Linear
    let dropout: Double

    /// Declares `decoder`, `proj.0` and `proj.2`.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: EVLConfiguration) {
        let width = configuration.vision.blocks.width
        decoder = EVLDecoder(scope / "decoder", configuration)
        norm = LayerNorm(scope / "proj" / 0, width, eps: configuration.layerNormEps)
        classifier = Linear(scope / "proj" / 2, width, configuration.classes)
        dropout = configuration.headDropout
    }

    /// Classifies clips by their features.
    ///
    /// - Parameters:
    ///   - features: of the tower's last blocks.
    ///   - training: whether to drop.
    /// - Returns: logits `[B, K]`.
    public func callAsFunction(_ features: EVLFeatures, training: Bool = false) -> Tensor {
        logits(decoder(features, training: training), training: training)
    }

    /// Classifies clips by the query behind the decoder.
    ///
    /// - Parameters:
    ///   - query: `[B, C]`.
    ///   - training: whether to drop.
    /// - Returns: logits `[B, K]`.
    public func logits(_ query: Tensor, training: Bool = false) -> Tensor {
        classifier(norm(query).dropout(training ? dropout : 0))
    }
}
