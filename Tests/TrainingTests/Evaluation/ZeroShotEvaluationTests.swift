import ActionModels
import CLIP
import Datasets
import Foundation
import Synchronization
import Testing
import Torch
import Training
import Video

@Suite("Zero-shot evaluation")
struct ZeroShotEvaluationTests {
    /// A list of a data set's clips with the given lines.
    private func list(_ lines: [String], _ folder: URL) throws -> LabelledClips {
        let path = folder.appendingPathComponent("list-\(UUID().uuidString).txt")
        try Data(lines.joined(separator: "\n").utf8).write(to: path)
        return try LabelledClips(list: path.path)
    }

    private func evaluation(_ folder: URL) throws -> ZeroShotEvaluation {
        let model = try TinyModel(in: folder)
        var evaluation = ZeroShotEvaluation(
            FrameMeanCLIP(try model.checkpoint.model().model), preprocessing: model.checkpoint.preprocessing,
            tokenizer: model.tokenizer)
        evaluation.frames = 3
        return evaluation
    }

    /// The cosines of a clip and class names, straight from the towers.
    private func cosines(_ path: String, _ names: [String], _ evaluation: ZeroShotEvaluation) throws -> [Double] {
        let clip = try #require(evaluation.model as? FrameMeanCLIP).clip
        let file = try VideoFile(path: path)
        let indices = (0..<3).map { ((2 * $0 + 1) * file.count - 3) / 6 }
        return try withoutGradient {
            let input = evaluation.preprocessing.input
            let video = Tensor.concatenated(try file.frames(at: indices).map { clip.encodeImage(input([$0])) }).mean(0)
            let tokens = try evaluation.tokenizer(names.map { "a video of a person \($0)" }, contextLength: 40)
            return tokens.map { row in
                let text = clip.encodeText(Tensor(row, shape: [1, row.count])).squeezed(0)
                return video.cosineSimilarity(text).item(Double.self)
            }
        }
    }

    @Test("equals the towers' cosines, whichever class a clip has")
    func direct() async throws {
        try await withPuppets { folder in
            let evaluation = try evaluation(folder)
            let path = PuppetsPlan(seed: 3, size: 32, train: 8).path(2, of: .train)
            let candidates = [3, 0, 7, 1, 12, 5, 40]
            let names = candidates.map { Puppets.actions[$0].name }
            let scores = try cosines(folder.path + "/" + path, names, evaluation)
            #expect(Set(scores).count == scores.count)
            for (position, candidate) in candidates.enumerated() {
                let report = try await evaluation.run(try list(["\(path) \(candidate)"], folder), among: candidates) {
                    Puppets.action(named: $0)?.partner?.name
                }
                let partners = candidates.map { candidate in
                    Puppets.actions[candidate].partner.flatMap { candidates.firstIndex(of: $0.label) }
                }
                #expect(partners.contains { $0 != nil })
                #expect(report == ZeroShotReport(scores: [scores], labels: [position], partners: partners))
            }
        }
    }

    @Test("the number of clips at a time does not matter, and all are counted")
    func batches() async throws {
        try await withPuppets { folder in
            var evaluation = try evaluation(folder)
            let data = try LabelledClips(list: folder.path + "/train.txt")
            var reports: [ZeroShotReport] = []
            for batch in [1, 3, 8, 100] {
                evaluation.batch = batch
                let done = Mutex<[Int]>([])
                reports.append(
                    try await evaluation.run(
                        data, among: Array(0..<8),
                        progress: { count, total in
                            #expect(total == 8)
                            done.withLock { $0.append(count) }
                        }))
                #expect(done.withLock { $0 } == stride(from: batch, to: 8, by: batch) + [8])
            }
            #expect(reports.allSatisfy { $0 == reports[0] && $0.clips == 8 && $0.classes == 8 })
        }
    }

    @Test("a clip whose class does not compete is named")
    func notCompeting() async throws {
        try await withPuppets { folder in
            let evaluation = try evaluation(folder)
            let data = try LabelledClips(list: folder.path + "/train.txt")
            let error = try await #require(throws: DatasetError.self) {
                try await evaluation.run(data, among: [0, 1, 2, 3])
            }
            #expect(error.description.hasPrefix(data.clips[4].path))
            await #expect(throws: DatasetError.self) { try await evaluation.run(data, among: []) }
        }
    }

    @Test("impossible settings are refused")
    func settings() async throws {
        try await withPuppets { folder in
            let evaluation = try evaluation(folder)
            let data = try LabelledClips(list: folder.path + "/train.txt")
            let all = Array(0..<8)
            for (candidates, change) in [
                (all, { $0.prompt = "a video" }), (all, { $0.prompt = "{} or {}" }), (all, { $0.batch = 0 }),
                (all, { $0.frames = -1 }), (all + [0], { _ in }), (all + [500], { _ in }), (all + [-1], { _ in }),
            ] as [([Int], (inout ZeroShotEvaluation) -> Void)] {
                var changed = evaluation
                change(&changed)
                await #expect(throws: TrainingError.self) { try await changed.run(data, among: candidates) }
            }
        }
    }

    @Test("cancelling ends it between two batches")
    func cancelled() async throws {
        try await withPuppets { folder in
            var evaluation = try evaluation(folder)
            evaluation.batch = 2
            let data = try LabelledClips(list: folder.path + "/train.txt")
            let task = Task { [evaluation] in
                try await evaluation.run(
                    data, among: Array(0..<8),
                    progress: { done, _ in
                        #expect(done == 2)
                        withUnsafeCurrentTask { $0?.cancel() }
                    })
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("a clip that cannot be read is named")
    func broken() async throws {
        try await withPuppets { folder in
            let data = try LabelledClips(list: folder.path + "/heldout.txt")
            try Data("no video".utf8).write(to: URL(fileURLWithPath: data.clips[3].path))
            let evaluation = try evaluation(folder)
            let error = try await #require(throws: VideoError.self) {
                try await evaluation.run(data, among: Set(data.clips.map(\.label)).sorted())
            }
            #expect(error.path == data.clips[3].path)
        }
    }
}
