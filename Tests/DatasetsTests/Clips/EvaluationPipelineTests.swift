import Testing
import Video

@testable import Datasets

@Suite("Clips of evaluation")
struct EvaluationPipelineTests {
    private func pipeline(_ clips: EvaluationClips) -> EvaluationPipeline {
        EvaluationPipeline(clips: clips, frames: 3, imageSize: 6, normalization: .clip)
    }

    @Test(
        "each wanted frame is decoded once; views are spatial outer, temporal inner", arguments: ResizeKernel.allCases)
    func views(_ kernel: ResizeKernel) throws {
        var clips = EvaluationClips(sampling: .dense(stride: 2), shortSide: 6, resize: kernel)
        (clips.temporalViews, clips.crops) = (3, 4)
        var requests: [[Int]] = []
        let video = FakeVideo(number: 1) { requests.append($0) }  // 13 frames
        let views = try pipeline(clips).views(from: video)
        // Starts 0, 4, 8 of spans of 5.
        #expect(requests == [[0, 2, 4, 6, 8, 10, 12]])
        #expect(views.count == 12 && clips.views == 12)
        let size = kernel.shortSideRule.size(of: FakeVideo.size, short: 6)
        let boxes = try SpatialViews.four.views(side: 6, in: size).map(\.box)
        for (place, view) in views.enumerated() {
            let start = place % 3 * 4, box = boxes[place / 3]
            let found = view.normalized(.clip)
            for frame in 0..<3 {
                let wanted = single(FakeVideo.frame(1, start + 2 * frame), size, box, kernel)
                #expect(zip(found[frame * 108..<frame * 108 + 108], wanted).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    /// One frame, resized whole and then cut.
    private func single(_ frame: Frame, _ size: PixelSize, _ box: PixelBox, _ kernel: ResizeKernel) -> [Float] {
        switch kernel.family {
        case .pillow(let filter):
            let cut = frame.resized(to: size, filter: filter).cropped(to: box)
            return ClipPixels(frames: 1, height: box.height, width: box.width, storage: .bytes(cut.pixels))
                .normalized(.clip)
        case .plain(let plain):
            let all = PixelBox(left: 0, top: 0, width: frame.width, height: frame.height)
            let plan = PlainResize(all, to: size, kernel: plain)
            let planes = plan.planes(
                frame, scale: PixelNormalization.clip.scale, shift: PixelNormalization.clip.shift)
            return (0..<3).flatMap { plane in
                (box.top..<box.top + box.height).flatMap { row in
                    (box.left..<box.left + box.width).map { planes[(plane * size.height + row) * size.width + $0] }
                }
            }
        }
    }

    @Test("the middle crop, rounded as the family of the kernel does")
    func centre() throws {
        // 14x10 at short side 7 is 9 wide: margins 2.5 and 3 of … 9 - 6 and 7 - 6.
        let video = FakeVideo(number: 0) { _ in }
        for kernel in ResizeKernel.allCases {
            let clips = EvaluationClips(sampling: .uniform, shortSide: 7, resize: kernel)
            let views = try pipeline(clips).views(from: video)
            let size = kernel.shortSideRule.size(of: FakeVideo.size, short: 7)
            #expect(size == PixelSize(width: 9, height: 7))
            let isPillow = kernel == .pillowBilinear || kernel == .pillowBicubic
            let box = PixelBox(left: isPillow ? 2 : 1, top: 0, width: 6, height: 6)
            let index = try clips.sampling.rule(frames: 3).evaluationIndices(of: 12)[0][0]
            let wanted = single(FakeVideo.frame(0, index), size, box, kernel)
            #expect(zip(views[0].normalized(.clip), wanted).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("a short video repeats its last frame, which is resized once")
    func short() throws {
        var clips = EvaluationClips(sampling: .dense(stride: 8), shortSide: 6, resize: .bilinear)
        clips.temporalViews = 2
        var requests: [[Int]] = []
        let views = try pipeline(clips).views(from: FakeVideo(number: 0) { requests.append($0) })
        #expect(requests == [[0, 8, 11]])
        #expect(views.count == 2 && views[0] == views[1])
    }

    @Test("settings that cannot be")
    func problems() {
        var clips = EvaluationClips(sampling: .uniform, shortSide: 8, resize: .bilinear)
        #expect(clips.problem(imageSize: 8) == nil && clips.problem(imageSize: 9)?.key == "shortSide")
        clips.crops = 3
        #expect(clips.problem(imageSize: 8) == nil && clips.problem(imageSize: 6)?.key == "shortSide")
        clips.crops = 2
        #expect(clips.problem(imageSize: 8)?.key == "crops")
        (clips.crops, clips.temporalViews) = (1, 2)
        #expect(clips.problem(imageSize: 8)?.key == "temporalViews")
    }
}
