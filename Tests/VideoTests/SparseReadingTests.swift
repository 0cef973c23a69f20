import Foundation
import Testing
import Video

@Suite("Sparse reading")
struct SparseReadingTests {
    @Test(
        "any frames in any request are those of a straight decode",
        arguments: VideoCase.readable.filter {
            !$0.isDamaged && !$0.path.contains("rawframes")
        })
    func sparse(_ video: VideoCase) throws {
        let reader = try VideoFile(path: video.path).makeReader()
        var straight: [Frame] = []
        while let frame = try reader.nextFrame() { straight.append(frame) }
        var draws = SeededDraws(seed: 3)
        for readsOnce in [true, false] {
            var options = VideoOptions()
            options.readsOnce = readsOnce
            let file = try VideoFile(path: video.path, options: options)
            try #require(file.count == straight.count)
            for request in 0..<12 {
                let count = request % 4 == 3 ? straight.count : draws.integer(in: 1..<9)
                let indices = (0..<count).map { _ in draws.integer(in: 0..<straight.count) }
                let found = try file.frames(at: indices)
                #expect(found.map(\.pixels) == indices.map { straight[$0].pixels }, "\(indices)")
            }
            #expect(file.report.substitutedFrames == 0)
        }
    }
}
