import Foundation
import Recognition
import Testing

@testable import Video
@testable import verb

@Suite("The annotated video")
struct AnnotationTests {
    private func frame(_ number: Int, at time: Double, width: Int = 32) -> Frame {
        Frame(width: width, height: 32, pixels: [UInt8](repeating: UInt8(number), count: width * 32 * 3), time: time)
    }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "annotation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    @Test("frames that find the queue full are dropped and counted where the source cannot wait")
    func drops() async {
        let queue = AnnotationQueue(capacity: 3, .drop)
        for number in 0..<5 { await queue.append(frame(number, at: Double(number))) }
        await queue.close()
        var times: [Double] = []
        while let item = await queue.next() { times.append(item.frame.time) }
        #expect(times == [0, 1, 2])
        #expect(await queue.dropped == 2)
    }

    @Test("a source that can wait waits, and every frame comes through")
    func waits() async {
        let queue = AnnotationQueue(capacity: 2, .wait)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<50 { await queue.append(self.frame(number, at: Double(number))) }
                await queue.close()
            }
            var times: [Double] = []
            while let item = await queue.next() { times.append(item.frame.time) }
            #expect(times == (0..<50).map(Double.init))
        }
        #expect(await queue.dropped == 0)
    }

    @Test("a writer that gave up keeps nobody waiting")
    func abandoned() async {
        let queue = AnnotationQueue(capacity: 1, .wait)
        await queue.append(frame(0, at: 0))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for number in 1..<4 { await queue.append(self.frame(number, at: Double(number))) } }
            await queue.abandon()
        }
        #expect(await queue.next() == nil)
    }

    @Test("each frame carries what was known when it came")
    func overlays() async {
        let queue = AnnotationQueue(.wait)
        await queue.append(frame(0, at: 0))
        await queue.take(.began(Span(start: 0, end: 1, label: "waving", confidence: 1)))
        await queue.append(frame(1, at: 1))
        let (first, second) = (await queue.next(), await queue.next())
        #expect(first?.overlay == Overlay() && second != nil && second?.overlay != Overlay())
    }

    @Test("frames whose times the file cannot tell apart, and those of another size, are left out")
    func times() async throws {
        try await inFolder { folder in
            let annotator = VideoAnnotator(path: folder + "/a.mp4", .wait)
            async let outcome = annotator.run()
            for time in [0, 0.000_001, 0.5, 0.5, 0.4, 1] { await annotator.take(frame(0, at: time)) }
            await annotator.take(frame(0, at: 2, width: 48))
            await annotator.close()
            let annotation = await outcome
            #expect(annotation.error == nil && annotation.frames == 3 && annotation.dropped == 0)
            let times = try VideoFile(path: folder + "/a.mp4").times()
            #expect(zip(times, [0, 0.5, 1]).allSatisfy { abs($0 - $1) < 0.001 } && times.count == 3)
        }
    }

    @Test("a file that cannot be written is told, and frames go on")
    func unwritable() async throws {
        try await inFolder { folder in
            let annotator = VideoAnnotator(path: folder + "/missing/a.mp4", .wait)
            async let outcome = annotator.run()
            for number in 0..<40 { await annotator.take(frame(0, at: Double(number))) }
            await annotator.close()
            let annotation = await outcome
            #expect(annotation.frames == 0 && annotation.error?.contains("a.mp4") == true)
        }
    }

    @Test("without a frame there is no file")
    func empty() async throws {
        try await inFolder { folder in
            let annotator = VideoAnnotator(path: folder + "/a.mp4", .drop)
            await annotator.close()
            let annotation = await annotator.run()
            #expect(annotation == Annotation(path: folder + "/a.mp4", frames: 0, dropped: 0, error: nil))
            #expect(!FileManager.default.fileExists(atPath: folder + "/a.mp4"))
        }
    }
}
