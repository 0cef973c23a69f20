import ActionModels
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

/// Cases that say other sizes, groups and settings are other cases of the same kind.
@Suite("Spatial targets and objectives against the recorded cases")
struct SpatialObjectivesParityTests {
    private struct Case: Decodable {
        struct Sizes: Decodable {
            let student_dim: Int
            let teacher_scale, student_scale, action_mixing: Double
        }
        struct Group: Decodable {
            let name: String
            let labels: Int
            let mode: SpatialGroup.Mode
            let top_m: Int?

            var group: SpatialGroup {
                SpatialGroup(name, mode, topM: top_m, templates: [.bare], labels: (0..<labels).map { "label \($0)" })
            }
        }
        let config: Sizes
        let groups: [Group]
        let tolerance: Tolerance

        var prediction: SpatialPrediction {
            var prediction = SpatialPrediction()
            prediction.actionMixing = config.action_mixing
            return prediction
        }
    }

    /// The mixed targets of all groups, every step of them compared.
    private func targets(_ facts: Case, _ recorded: RecordedTensors) throws -> [Tensor] {
        let prediction = facts.prediction
        let frames = try recorded.required("inputs.frame_features").normalized()
        let actions = try recorded.required("inputs.actions").array(of: Int.self)
        return try facts.groups.map { sizes in
            let name = sizes.name
            let texts = try recorded.required("inputs.\(name).teacher_text")  // [P, K, D]
            let prototypes = LabelFeatures(texts.reshaped(-1, texts.shape[2]), labels: sizes.labels).merged.unit
            let videos = prediction.videoTargets(
                frames, prototypes.squeezed(0), scale: facts.config.teacher_scale, of: sizes.group)
            recorded.compare(videos, "outputs.\(name).target_video", facts.tolerance)
            recorded.compare(videos.argmax(-1), "outputs.\(name).pseudo_label", .exact)
            recorded.compare(
                SpatialPrediction.actionMeans(videos, actions: actions).means, "outputs.\(name).target_action",
                facts.tolerance)
            let information = SpatialInformation(videos, actions: actions)
            recorded.compare(
                Tensor(try #require(information.information)), "outputs.\(name).mutual_information", facts.tolerance)
            let mixed = prediction.actionMixed(videos, actions: actions)
            recorded.compare(mixed, "outputs.\(name).target_mixed", facts.tolerance)
            return mixed
        }
    }

    @Test("targets, mixing, information, losses and gradients", arguments: Fixture.all("clip", "spatial_objectives"))
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let batch = SpatialBatch(targets: try targets(facts, recorded))
        var adapters: [String: Tensor] = [:], prototypes: [Tensor] = []
        for group in facts.groups {
            adapters["spatial.\(group.name).adapter"] = try recorded.required("inputs.\(group.name).adapter").cloned()
            prototypes.append(try recorded.required("inputs.\(group.name).student_text").normalized())
        }
        let (objectives, parameters) = try Parameters.build(.checkpoint(adapters)) {
            SpatialObjectives($0, .init(), groups: facts.groups.map(\.group), width: facts.config.student_dim)
        }
        parameters.train(SpatialObjectives.owns)
        let videos = try recorded.required("inputs.student_video").cloned()
        let logScale = Tensor(Float(log(facts.config.student_scale)))
        for input in [videos, logScale] { input.setRequiresGradient(true) }

        let value = objectives(
            .init(fused: videos), prototypes: prototypes, scale: logScale.exp, targets: batch)
        for (place, group) in facts.groups.enumerated() {
            recorded.compare(value.groups[place], "losses.\(group.name).cross_entropy", facts.tolerance)
            recorded.compare(value.divergences[place], "losses.\(group.name).kl", facts.tolerance)
        }
        recorded.compare(value.mean, "losses.spatial", facts.tolerance)
        value.mean.backward()
        recorded.compare(try #require(videos.gradient), "grads.student_video", facts.tolerance)
        recorded.compare(try #require(logScale.gradient), "grads.log_scale", facts.tolerance)
        for group in facts.groups {
            let adapter = try #require(parameters["spatial.\(group.name).adapter"])
            recorded.compare(try #require(adapter.gradient), "grads.\(group.name).adapter", facts.tolerance)
        }
        recorded.expectAllTaken()
    }

    @Test("there is a case of the repository's own")
    func own() { #expect(Fixture.own("clip", "spatial_objectives") != nil) }
}
