public import CLIP
internal import Foundation
public import Torch

/// The values of a tower's masks in one pass.
public struct TowerMasks: Sendable {
    /// Of the channels of the residual stream, `[W]`.
    public let hidden: Tensor
    /// Of each block's heads, `[L, h]`.
    public let heads: Tensor
    /// Of each block's feed-forward units, `[L, M]`.
    public let intermediate: Tensor
}

/// Trained masks over the channels, heads and feed-forward units of a tower, by which TinyCLIP finds what to prune.
///
/// Only the masks: what they multiply in a tower is not part of this. Source: TinyCLIP `l0module.py`; section 3.3 of the
/// page on TinyCLIP.
public struct L0Masks: Sendable {
    /// The first value of every logit: all gates open.
    static let initialLogit = 10.0

    /// The logits of channels, `[W]`.
    public let hidden: Tensor
    /// The logits of heads, `[L, h]`.
    public let heads: Tensor
    /// The logits of feed-forward units, `[L, M]`.
    public let intermediate: Tensor

    /// Declares `hidden_loga`, `heads_loga` and `intermediate_loga`.
    ///
    /// - Parameters:
    ///   - scope: the masks' place, `l0_module` below a tower in TinyCLIP.
    ///   - blocks: the tower's sizes, checked by ``check(_:)``.
    public init(_ scope: Scope, _ blocks: TransformerConfiguration) {
        guard let heads = blocks.heads.first, let inner = blocks.mlpWidths.first else {
            fatalError("L0Masks: a tower without blocks")
        }
        let initial = Initial.constant(Self.initialLogit)
        hidden = scope.parameter("hidden_loga", blocks.width, initial: initial)
        self.heads = scope.parameter("heads_loga", blocks.layers, heads, initial: initial)
        intermediate = scope.parameter("intermediate_loga", blocks.layers, inner, initial: initial)
    }

    /// Checks that a tower can have masks.
    ///
    /// - Parameter blocks: the tower's sizes.
    /// - Throws: `TrainingError.badRecipe` for a tower without blocks, or one that was pruned already.
    public static func check(_ blocks: TransformerConfiguration) throws(TrainingError) {
        guard Set(blocks.heads).count == 1, Set(blocks.mlpWidths).count == 1, blocks.heads != [0] else {
            throw .badRecipe(
                "masks are for towers of equal blocks, this one has \(blocks.heads) heads and feed-forward parts of "
                    + "\(blocks.mlpWidths); start from a model that was not pruned")
        }
    }

    /// The masks of evaluation.
    public var evaluated: TowerMasks {
        TowerMasks(
            hidden: HardConcrete.evaluated(hidden), heads: HardConcrete.evaluated(heads),
            intermediate: HardConcrete.evaluated(intermediate))
    }

    /// Draws masks for a training pass.
    ///
    /// - Parameter generator: the source of uniform numbers.
    /// - Returns: masks with gradients by the logits.
    public func sampled(_ generator: Generator) -> TowerMasks {
        func sample(_ logits: Tensor) -> Tensor {
            HardConcrete.sampled(logits, uniform: generator.uniform(logits.shape))
        }
        return TowerMasks(hidden: sample(hidden), heads: sample(heads), intermediate: sample(intermediate))
    }

    /// The parameters M that masks can remove: of heads and feed-forward parts.
    ///
    ///     M = L (2 W I + W + I) + L h P,   P = ⌊(4 W² + 4 W) / h⌋
    public var prunableParameters: Int {
        let (w, layers, count) = (hidden.shape[0], heads.shape[0], heads.shape[1]), inner = intermediate.shape[1]
        return layers * (2 * w * inner + w + inner) + layers * count * headParameters
    }

    /// The parameters N that are expected to stay, one number; biases of feed-forward parts are not among them.
    ///
    ///     N = (P / W) Σ_i s(hidden_i) Σ_lj s(heads_lj) + 2 Σ_i s(hidden_i) Σ_lj s(intermediate_lj)
    public var expectedParameters: Tensor {
        let channels = HardConcrete.keepProbability(hidden).sum()
        let headShare = Double(headParameters) / Double(hidden.shape[0])
        return channels * HardConcrete.keepProbability(heads).sum() * headShare
            + channels * HardConcrete.keepProbability(intermediate).sum() * 2
    }

    /// Brings the logits back between ln 0.01 and ln 100, after each step.
    ///
    /// Belongs on the LibTorch thread, to the owner of the parameters.
    public func clampLogits() {
        withoutGradient {
            for logits in [hidden, heads, intermediate] { logits.copy(from: logits.clamped(to: log(0.01)...log(100))) }
        }
    }

    /// The parameters P of one head: its share of queries, keys, values and output.
    private var headParameters: Int {
        let w = hidden.shape[0]
        return (4 * w * w + 4 * w) / heads.shape[1]
    }
}
