import ActionModels
import CLIP
import Foundation
import Synchronization
import Testing
import Torch
import Video

@testable import Recognition

extension Session {
    fileprivate func thread() -> UInt { UInt(pthread_self()) }
}

@Suite("Sessions")
struct SessionTests {
    private let labels = ["waving", "bowing", "jumping on the spot"]
    private let clip = (0..<5).map { TestModel.picture($0, side: 24) }

    @Test("probabilities are CLIP's, of the mean frame feature and the ensemble of prompts")
    func ensemble() async throws {
        let (model, clip, labels) = (try await TestModel.load(), clip, labels)
        let sentences = ["a video of a person {}", "{}", "someone {} in a clip"]
        let session = try await Session(model, labels: LabelSet(labels), prompts: PromptSet(texts: sentences))
        let result = try await session.classify(clip: clip)
        let frameMean = try #require(model.model as? FrameMeanCLIP)
        let (towers, tokenizer) = (frameMean.clip, try #require(model.tokenizer))
        let expected = try await TorchThread.run {
            try withoutGradient {
                var sum = Tensor.zeros([3, 16])
                for sentence in sentences {
                    for (row, label) in labels.enumerated() {
                        let text = sentence.replacingOccurrences(of: "{}", with: label)
                        let ids = try tokenizer([text], contextLength: 40)[0]
                        let feature = towers.encodeText(Tensor(ids, shape: [1, 40])).normalized()
                        let place = Tensor((0..<3).map { $0 == row ? Float(1) : 0 }, shape: [3, 1])
                        sum = sum + place * feature * (1 / Double(sentences.count))
                    }
                }
                let video = towers.encodeImage(model.preprocessing.input(clip)).mean(0, keepingAxes: true)
                return towers.logits(images: video, texts: sum).softmax().array(of: Double.self)
            }
        }
        #expect(result.predictions.map(\.probability) == result.predictions.map(\.probability).sorted(by: >))
        #expect(abs(result.predictions.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
        for (label, probability) in zip(labels, expected) {
            let own = try #require(result.predictions.first { $0.label == label })
            #expect(abs(own.probability - probability) < 1e-6)
        }
        let single = try await Session(model, labels: LabelSet(labels)).classify(clip: clip)
        #expect(single.predictions != result.predictions, "one prompt gives other numbers than three")
    }

    @Test("a session computes on the LibTorch thread")
    func thread() async throws {
        let session = try await TestModel.session()
        #expect(await session.thread() == (await TorchThread.run { UInt(pthread_self()) }))
        let elsewhere = await Task.detached { UInt(pthread_self()) }.value
        #expect(await session.thread() != elsewhere)
    }

    @Test("a clip without frames and a label that is too long are errors")
    func errors() async throws {
        let session = try await TestModel.session()
        #expect(await message { _ = try await session.classify(clip: []) } == "the clip has no frames")
        let long = String(repeating: "waving and ", count: 40)
        #expect(await message { _ = try await TestModel.session(["a", long]) }.contains("tokens"))
    }

    @Test("a video gives what its middle frames give")
    func video() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, frames: 20)
            let file = try VideoFile(path: path)
            let indices = try TemporalSampling.actionCLIP(segments: 4).evaluationIndices(of: 20)[0]
            let expected = try await session.classify(clip: file.frames(at: indices))
            let result = try await session.recognize(path, frames: 4)
            #expect(result.predictions == expected.predictions)
            #expect(result.report?.status == .ok)
            #expect(result.timings.decode > 0 && result.timings.encode > 0)
            #expect(await message { _ = try await session.recognize(path, frames: 0) }.contains("0 frames"))
        }
    }

    @Test("a folder of images is a video")
    func images() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            #expect(await message { _ = try await session.recognize(folder) }.contains("no numbered images"))
            for number in 0..<6 {
                try TestModel.picture(number).writePNG(to: "\(folder)/frame-\(number + 8).png")
            }
            let indices = try TemporalSampling.actionCLIP(segments: 3).evaluationIndices(of: 6)[0]
            let expected = try await session.classify(clip: indices.map { TestModel.picture($0) })
            #expect(try await session.recognize(folder, frames: 3).predictions == expected.predictions)
        }
    }

    @Test("several videos are told in order, broken ones among them", arguments: [1, 2, 9])
    func several(_ concurrency: Int) async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            var paths = try (1...5).map { try TestModel.video(in: folder, name: "\($0).mp4", frames: 3 * $0) }
            paths.insert(folder + "/none.mp4", at: 1)
            var told: [(Int, Bool)] = []
            try await session.recognize(paths, frames: 2, concurrency: concurrency) { number, outcome in
                if case .success = outcome { told.append((number, true)) } else { told.append((number, false)) }
            }
            #expect(told.map(\.0) == Array(0..<6))
            #expect(told.map(\.1) == [true, false, true, true, true, true])
        }
    }

    @Test("cancelling ends a list of videos")
    func cancellation() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, frames: 10)
            let told = Mutex(0)
            let task = Task {
                try await session.recognize(Array(repeating: path, count: 50), concurrency: 1) { _, _ in
                    told.withLock { $0 += 1 }
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            #expect(await message { try await task.value } == "cancelled")
            #expect(told.withLock { $0 } == 1)
        }
    }

    @Test("cancelling ends decoding at the next packet")
    func cancelledDecoding() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, frames: 400)
            let asked = Atomic(0)
            let task = Mutex<Task<RecognizedClip, any Error>?>(nil)
            var options = VideoOptions()
            // Asked by the decoder before each packet: the task is cancelled in the middle of the file's index.
            options.isCancelled = {
                if asked.add(1, ordering: .relaxed).newValue == 50 {
                    task.withLock { $0?.cancel() }
                }
                return false
            }
            let settings = options
            task.withLock { $0 = Task { try await session.recognize(path, options: settings) } }
            let running = try #require(task.withLock { $0 })
            #expect(await message { _ = try await running.value } == "cancelled")
            #expect(asked.load(ordering: .relaxed) < 60)
        }
    }
}
