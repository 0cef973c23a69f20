import Testing
import Video

@testable import Datasets

@Suite("Mirror images")
struct MirroredLabelsTests {
    private func clips(flip: Double, _ pairs: [[Int]]? = nil) -> TrainingClips {
        var clips = TrainingClips(sampling: .uniform, crop: .multiScale(scales: [1]), resize: .bilinear)
        (clips.flip, clips.flipLabels) = (flip, pairs)
        return clips
    }

    @Test(
        "classes that tell left from right are not mirrored without a map",
        arguments: [
            "Pulling something from left to right", "turning_left", "Turn Right", "lookLeft", "RIGHT", "move 2-left",
        ])
    func refused(_ name: String) throws {
        let error = try #require(throws: DatasetError.self) { try clips(flip: 0.5).checkMirroring(of: ["run", name]) }
        #expect(error.description.contains(name) && error.description.contains("flipLabels"))
        try clips(flip: 0).checkMirroring(of: [name])
        try clips(flip: 0.5, []).checkMirroring(of: [name])
        try clips(flip: 0.5, [[0, 1]]).checkMirroring(of: ["run", name])
    }

    @Test(
        "other words that hold left or right", arguments: ["bright", "leftover food", "copyright", "writing", "cleft"])
    func others(_ name: String) throws { try clips(flip: 0.5).checkMirroring(of: [name]) }

    @Test("pairs are checked")
    func pairs() throws {
        for wrong in [[[1]], [[1, 2, 3]], [[1, 1]], [[1, 2], [2, 3]], [[-1, 0]]] {
            #expect(clips(flip: 0.5, wrong).problem(imageSize: 8)?.key == "flipLabels", "\(wrong)")
        }
        #expect(clips(flip: 0.5, [[1, 2], [3, 4]]).problem(imageSize: 8) == nil)
        #expect(throws: DatasetError.self) { try clips(flip: 0.5, [[0, 2]]).checkMirroring(of: ["left", "right"]) }
    }

    @Test("labels of mirrored clips are exchanged, those of the others stay")
    func labels() async throws {
        var settings = LoaderSettings()
        (settings.batch, settings.workers) = (16, 2)
        var loader = try ClipLoader(
            FakeVideos.list(64) { [$0 % 3, 7] }, training: clips(flip: 0.5, [[0, 2], [4, 5]]), frames: 2, imageSize: 6,
            settings: settings)
        loader.open = FakeVideos().opening
        var mirrored = 0
        for batch in try await loader.contents() {
            for (position, labels) in zip(batch.positions, batch.labels) {
                let (own, other) = ([position % 3, 7], [2 - position % 3, 7])
                #expect(labels == own || labels == other)
                if labels != own { mirrored += 1 }
            }
        }
        #expect((10...34).contains(mirrored))  // half of the 43 whose class is not 1
    }

    @Test("texts")
    func texts() {
        #expect(
            MirroredLabels.exchanged("Left hand, turning right; LEFT, not leftover")
                == "Right hand, turning left; RIGHT, not leftover")
    }
}
