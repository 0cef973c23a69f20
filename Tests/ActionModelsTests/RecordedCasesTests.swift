import FixtureSupport
import Testing

/// A parameterised test without cases passes; this one does not.
@Suite("Recorded cases")
struct RecordedCasesTests {
    @Test(
        "every kind of the four methods has a case of the repository's own",
        arguments: [
            "actionclip": [
                "aggregator", "checkpoint", "clip_forward", "joint_image_tower", "lr_schedule", "model_loss_gradients",
                "pixels", "prompts", "scoring", "streaming", "temporal_shift", "temporal_shift_tower",
                "train_trajectory",
            ],
            "m2clip": ["full_model", "masking", "ted_adapter", "ted_block", "text_block", "train_trajectory"],
            "evl": ["backbone_features", "decoder", "train_trajectory", "transforms"],
            "st-adapter": ["forward_backward"],
        ])
    func kinds(_ method: String, _ kinds: [String]) {
        for kind in kinds { #expect(Fixture.own(method, kind) != nil, "\(method)/\(kind)") }
        // A kind that no suite knows must not be passed over silently.
        let known = Set(kinds.map { "\(method)/\($0)" })
        #expect(Fixture.kinds.filter { $0.hasPrefix(method + "/") }.subtracting(known).isEmpty)
    }

    @Test(
        "every kind of distillation has one too",
        arguments: [
            "distill_affinity", "distill_deit", "tinyclip_l0", "two_head_losses", "two_head_module",
            "weight_inheritance",
        ])
    func distillation(_ kind: String) { #expect(Fixture.own("clip", kind) != nil, "clip/\(kind)") }

    @Test("every case.json says its method and kind")
    func readable() { #expect(Fixture.unreadable.isEmpty, "\(Fixture.unreadable)") }
}
