import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("ActionCLIP's towers against the reference")
struct ActionCLIPTowerParityTests {
    @Test("both towers, block by block", arguments: Fixture.all("actionclip", "clip_forward"))
    func clip(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let sizes = try facts.config.clip(), tolerance = try facts.tolerance.both("outputs")
        let model = try Parameters.build(.checkpoint(recorded.below("weights."))) { CLIPModel($0, sizes) }.model
        func compare(_ actual: Tensor, _ name: String) throws {
            expectClose(
                actual, try recorded.required("outputs.\(name)"), absolute: tolerance.absolute,
                relative: tolerance.relative,
                name)
        }
        let images = try recorded.required("inputs.images")
        let blocks = model.visual.transformer.trace(images, last: sizes.vision.blocks.layers)
        let transformer = model.visual.transformer
        try compare(
            blocks.first?.attentionInput ?? transformer.encode(transformer.embed(images)), "visual_after_ln_pre")
        for (number, block) in blocks.enumerated() { try compare(block.output, "visual_block.\(number)") }
        let videos = model.encodeImage(images), texts = model.encodeText(try recorded.required("inputs.text_tokens"))
        try compare(videos, "image_features")
        try compare(texts, "text_features")
        try compare(model.logits(images: videos, texts: texts), "logits_per_image")
        try compare(model.logits(images: videos, texts: texts).transposed(), "logits_per_text")
        recorded.expectAllTaken()
    }

    private struct ShiftCase: Decodable {
        struct Sizes: Decodable { let num_segments: Int }
        let config: Sizes
    }

    /// What a name ends in says the divisor.
    private func divisor(_ name: String) throws -> Int {
        try #require(Int(String(name.reversed().prefix { $0.isNumber }.reversed())), "\(name) names no divisor")
    }

    @Test("the shift alone, of tokens and of feature maps", arguments: Fixture.all("actionclip", "temporal_shift"))
    func shift(_ fixture: Fixture) throws {
        let segments = try fixture.decode(ShiftCase.self).config.num_segments
        let recorded = try RecordedTensors(fixture)
        for name in recorded.names(below: "outputs.").sorted() {
            let divisor = try divisor(name), expected = try recorded.required("outputs.\(name)")
            let shift = TemporalShift(frames: name.contains("one_segment") ? 1 : segments, divisor: divisor)
            let actual: Tensor
            if name.hasPrefix("feature_maps") {
                let maps = try recorded.required("inputs.feature_maps"),
                    (c, h, w) = (maps.shape[1], maps.shape[2], maps.shape[3])
                let positions = maps.reshaped(-1, segments, c, h * w).transposed(2, 3)  // [B, T, h w, C]
                actual = shift.shifted(positions).transposed(2, 3).reshaped(-1, c, h, w)
            } else {
                let input = String(name.prefix(upTo: try #require(name.range(of: "_div")).lowerBound))
                actual = shift(try recorded.required("inputs.\(input)").transposed(0, 1)).transposed(0, 1)
            }
            expectClose(actual, expected, absolute: 0, relative: 0, name)
        }
        recorded.expectAllTaken()
    }

    @Test("the tower with shifts", arguments: Fixture.all("actionclip", "temporal_shift_tower"))
    func shiftTower(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let (clip, frames) = (try facts.config.clip(), try #require(facts.config.num_frames))
        let tensors = try canonical(recorded)
        let shift = TemporalShift(frames: frames, divisor: facts.config.tsm_fold_div ?? TemporalShift.defaultDivisor)
        let tower = try Parameters.build(.checkpoint(tensors)) { scope in
            ImageTower(
                scope / "model" / "visual", clip,
                additions: TowerAdditions { _, _ in BlockAdapters(beforeAttention: shift) })
        }.model
        let tolerance = try facts.tolerance.both("outputs")
        expectClose(
            tower(try recorded.required("inputs.images")), try recorded.required("outputs.image_features"),
            absolute: tolerance.absolute,
            relative: tolerance.relative, "image_features")
        recorded.expectAllTaken()
        guard shift.divisor == TemporalShift.defaultDivisor else { return }

        let text = try Parameters.build(.random()) { TextTower($0 / "model", clip) }.parameters.tensors
        let scale = ["model.logit_scale": Tensor(Float(0))]
        let model = try Parameters.build(.checkpoint(tensors.merging(text) { $1 }.merging(scale) { $1 })) {
            ActionCLIP($0, ActionCLIPConfiguration(clip: clip, frames: frames, aggregator: .mean, temporal: .shift))
        }.model
        let images = try recorded.required("inputs.images")
        let clips = images.reshaped([-1, frames] + images.shape[1...])
        expectClose(
            model.frameFeatures(of: clips).reshaped(images.shape[0], -1),
            try recorded.required("outputs.image_features"),
            absolute: tolerance.absolute, relative: tolerance.relative, "the model's frame features")
    }

    @Test("one sequence of all patches", arguments: Fixture.all("actionclip", "joint_image_tower"))
    func joint(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let (clip, frames) = (try facts.config.clip(), try #require(facts.config.num_frames))
        let (tower, joint) = try Parameters.build(.checkpoint(canonical(recorded))) { scope in
            let place = scope / "model" / "visual"
            return (
                ImageTower(place, clip), JointSpaceTime(place, frames: frames, width: clip.vision.blocks.width)
            )
        }.model
        let images = try recorded.required("inputs.images"), tolerance = try facts.tolerance.both("outputs")
        let clips = images.reshaped([-1, frames] + images.shape[1...])
        expectClose(
            joint(clips, through: tower), try recorded.required("outputs.video_embedding"),
            absolute: tolerance.absolute,
            relative: tolerance.relative, "video_embedding")
        recorded.expectAllTaken()
    }

    /// The weights of a tower alone by the model's names.
    private func canonical(_ recorded: RecordedTensors) throws -> [String: Tensor] {
        let named = recorded.below("weights.").map { ("model." + $0.key, $0.value) }
        return try ActionCLIPLayout.canonical(Dictionary(uniqueKeysWithValues: named), path: "case")
    }
}
