import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Training

@Suite("Models between start and tuned")
struct InterpolatedModelsTests {
    @Test("the ends of a curve are the two models, and the middle is neither")
    func ends() async throws {
        try await withEvaluatedPuppets { puppets in
            let own = puppets.clip.checkpoint.configuration
            let mean = ActionModelConfiguration.actionCLIP(
                ActionCLIPConfiguration(clip: own, frames: 3, aggregator: AggregatorConfiguration(.mean, clip: own)))
            let tuned = try puppets.checkpoint(mean),
                start = try ActionModelCheckpoint(path: puppets.clip.checkpoint.path)
            let tokenizer = puppets.clip.tokenizer
            let line = try await InterpolatedModels(from: start, to: tuned, tokenizer: tokenizer)
            var settings = EvaluatedPuppets.settings
            settings.templates = [.person]
            let evaluation = try Evaluation(.supervised, [try puppets.train()], settings)
            let begin = try await evaluation.scores(of: try await line.model(at: 0)).tables[0].probabilities
            let end = try await evaluation.scores(of: try await line.model(at: 1)).tables[0].scores
            let middle = try await line.model(at: 0.5)
            // ActionCLIP multiplies by 100, CLIP by what it has learned: the order of classes is the same.
            let frozen = try await evaluation.scores(of: try await puppets.frozen).tables[0]
            for (row, scores) in frozen.scores.enumerated() {
                let order = scores.indices.sorted { scores[$0] < scores[$1] }
                #expect(begin[row].indices.sorted { begin[row][$0] < begin[row][$1] } == order)
            }
            let model = try await EvaluationModel(tuned, tokenizer: tokenizer)
            #expect(end == (try await evaluation.scores(of: model).tables[0].scores))
            #expect(middle.digest != model.digest && middle.interpolation?.coefficient == 0.5)
            let curve = try await line.curve(evaluation, zeroShot: nil)
            #expect(curve.points.map(\.coefficient) == (0...10).map { Double($0) / 10 })
            let ends = try await [puppets.frozen, model].asyncMap {
                try evaluation.result([try await evaluation.scores(of: $0)]).top1.mean
            }
            #expect([curve.points[0].supervised, curve.points[10].supervised] == ends.map(Optional.some))
        }
    }

    @Test("what a method adds to the CLIP at the start is the tuned model's on the whole line")
    func additions() async throws {
        try await withEvaluatedPuppets { puppets in
            let own = puppets.clip.checkpoint.configuration
            let tuned = try puppets.checkpoint(
                .actionCLIP(
                    ActionCLIPConfiguration(
                        clip: own, frames: 3, aggregator: AggregatorConfiguration(.transformer, clip: own))))
            let start = try ActionModelCheckpoint(path: puppets.clip.checkpoint.path)
            let line = try await InterpolatedModels(from: start, to: tuned, tokenizer: puppets.clip.tokenizer)
            #expect(line.additions == tuned.tensors.keys.count { $0.hasPrefix("fusion.") } && line.additions > 0)
            let begin = try await line.model(at: 0)
            let fusion = tuned.tensors.filter { $0.key.hasPrefix("fusion.") }
            let expected = fusion.merging(start.tensors.map { ("model." + $0, $1) }) { own, _ in own }
            let mixed = try await EvaluationModel(tuned.replacing(expected), tokenizer: puppets.clip.tokenizer)
            #expect(begin.digest == mixed.digest)
        }
    }

    @Test("models of other sizes have nothing between them, nor those of other methods")
    func refused() async throws {
        try await withEvaluatedPuppets { puppets in
            var other = puppets.clip.checkpoint.configuration
            let start = try ActionModelCheckpoint(path: puppets.clip.checkpoint.path)
            let probe = try puppets.checkpoint(
                .linearProbe(LinearProbeConfiguration(clip: other, frames: 3, classes: 2)))
            other.embedDim += 16
            let wider = try puppets.checkpoint(
                .linearProbe(LinearProbeConfiguration(clip: other, frames: 3, classes: 2)))
            for (start, tuned, name) in [(start, wider, "visual.proj"), (probe, start, "head.")] {
                let error = await #expect(throws: TrainingError.self) {
                    try await InterpolatedModels(from: start, to: tuned, tokenizer: nil)
                }
                #expect(error?.description.contains(name) == true)
            }
        }
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async throws -> [T] {
        var result: [T] = []
        for element in self { result.append(try await body(element)) }
        return result
    }
}
