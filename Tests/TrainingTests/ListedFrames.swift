import Video

/// Frames that a test has made, as a video.
struct ListedFrames: FrameSource {
    let frames: [Frame]

    init(_ frames: [Frame]) { self.frames = frames }

    var count: Int { frames.count }
    var report: DecodingReport { DecodingReport() }

    func frames(at indices: [Int]) throws(VideoError) -> [Frame] { indices.map { frames[$0] } }
}
