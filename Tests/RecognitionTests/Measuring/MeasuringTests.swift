import CLIP
import Testing
import Torch

@testable import Recognition

@Suite("Measuring")
struct MeasuringTests {
    @Test("percentiles are values that were measured")
    func percentiles() {
        let summary = LatencySummary((1...200).map(Double.init).reversed())
        #expect(summary.runs == 200 && summary.median == 100.5 && summary.p95 == 190 && summary.p99 == 198)
        #expect(abs(summary.mean - 100.5) < 1e-9)
        let one = LatencySummary([3])
        #expect(one.median == 3 && one.p95 == 3 && one.p99 == 3 && one.mean == 3)
        #expect(LatencySummary([1, 9]).p95 == 9)
    }

    @Test("the largest number is found in few tries", arguments: [0, 1, 2, 3, 7, 8, 9, 63, 99, 100])
    func search(_ border: Int) {
        var tries: [Int] = []
        let found = largestNumber(upTo: 100) { number in
            tries.append(number)
            return number <= border
        }
        #expect(found == border)
        #expect(tries.count <= 14 && Set(tries).count == tries.count && tries.allSatisfy { (1...100).contains($0) })
        #expect(largestNumber(upTo: 1) { _ in true } == 1)
    }

    @Test("a session is measured with as many runs as asked for, and in turns")
    func session() async throws {
        let session = try await TestModel.session()
        var settings = MeasuringSettings()
        (settings.warmup, settings.runs, settings.seconds) = (1, 3, 0)
        let usual = settings
        let speed = try await session.encoderSpeed(batch: 3, comparing: true, usual)
        #expect(speed.batch == 3 && speed.latency.runs == 3 && speed.reference?.runs == 3)
        #expect(speed.picturesPerSecond > 0 && speed.speedUp ?? 0 > 0)
        let alone = try await session.encoderSpeed(batch: 1, usual)
        #expect(alone.reference == nil && alone.speedUp == nil)
        let capacity = try await session.streamCapacity(rate: 1, limit: 4, threads: 1, confirming: 0, usual)
        #expect(capacity.budget == 1 && capacity.tried.allSatisfy { $0.latency.runs == 3 })
        #expect(capacity.streams == capacity.tried.filter { $0.isLive(budget: 1) }.map(\.streams).max())
        let none = try await session.streamCapacity(rate: 1e9, limit: 4, threads: 1, confirming: 0, usual)
        #expect(none.streams == 0 && none.tried.map(\.streams) == [1])
        // By the clock a beat is as late as those before it were long.
        let paced = try await session.pacedLoad(streams: 2, rate: 1e6, seconds: 1e-5)
        #expect(paced.latency.runs == 10 && paced.realTimeFactor > 1 && !paced.isLive(budget: 1e-6))
        #expect(paced.backlog ?? 0 > 0)
        let easy = try await session.streamCapacity(rate: 1, budget: 60, limit: 1, threads: 1, confirming: 0.5, usual)
        #expect(easy.streams == 1 && easy.tried.last?.backlog != nil && easy.tried.count == 2)
        let wrong = await message { _ = try await session.encoderSpeed(batch: 0, usual) }
        #expect(wrong.contains("0 pictures"), "\(wrong)")
    }

    @Test("a video is measured stage by stage")
    func clip() async throws {
        let session = try await TestModel.session()
        var settings = MeasuringSettings()
        (settings.warmup, settings.runs, settings.seconds) = (0, 2, 0)
        let usual = settings
        try await TestModel.inFolder { folder in
            let speed = try await session.clipSpeed(try TestModel.video(in: folder, frames: 10), frames: 4, usual)
            #expect(speed.total.runs == 2 && speed.decode.median > 0 && speed.encode.median > 0)
            #expect(speed.total.median >= speed.decode.median)
        }
    }

    @Test("an architecture is measured with random weights")
    func architecture() async throws {
        let model = try await TorchThread.run { () throws(RecognitionError) in
            try RecognitionModel(random: .tinyCLIP8M16)
        }
        let session = try await Session(model, labels: LabelSet(["a", "b", "c"]))
        #expect(session.labels.count == 3 && session.frames == 8 && session.sharesFrames)
        #expect("\(session.encoder)".hasPrefix("inference engine, fp32 on 1 pictures: cosine 1.0"))
        let clip = try await session.classify(clip: Session.noise(8, side: 224))
        #expect(abs(clip.predictions.map(\.probability).reduce(0, +) - 1) < 1e-6)
    }
}
