internal import Video

/// Makes all views of videos.
///
/// Each wanted frame is decoded once and resized once, over the part that any crop shows; the views are cut from that.
/// Their order is spatial outer, temporal inner. Source: video specification 3.3 and 4.8.
struct EvaluationPipeline: Sendable {
    let clips: EvaluationClips
    let frames: Int
    let imageSize: Int
    let normalization: PixelNormalization

    /// Makes the views of one video.
    ///
    /// - Parameter source: an opened video.
    /// - Returns: one clip for each view.
    /// - Throws: `VideoError`.
    func views(from source: any FrameSource) throws(VideoError) -> [ClipPixels] {
        try views(from: source, frameNumbers(of: source.count))
    }

    /// The frames of each temporal view of a video.
    func frameNumbers(of count: Int) throws(VideoError) -> [[Int]] {
        try clips.sampling.rule(frames: frames, views: clips.temporalViews).evaluationIndices(of: count)
    }

    /// Makes the views of one video out of the frames of each temporal view.
    func views(from source: any FrameSource, _ temporal: [[Int]]) throws(VideoError) -> [ClipPixels] {
        var geometry: Geometry?
        var (bytes, floats): ([Int: Frame], [Int: [Float]]) = ([:], [:])
        try source.read(temporal.flatMap(\.self)) { index, picture throws(VideoError) in
            if geometry == nil { geometry = try Geometry(clips, imageSize, of: picture.size) }
            guard let geometry else { return }
            let picture = picture.ofSize(geometry.picture)
            switch clips.resize.family {
            case .pillow(let filter):
                bytes[index] = picture.resized(to: geometry.size, filter: filter, box: geometry.cover)
            case .plain:
                floats[index] = geometry.plain?.planes(
                    picture, scale: normalization.scale, shift: normalization.shift)
            }
        }
        guard let geometry else { throw VideoError(.noFrames, detail: "nothing was decoded") }
        return geometry.boxes.flatMap { box in
            let part = box.moved(into: geometry.cover)
            let cut = bytes.mapValues { $0.cropped(to: part) }
            return temporal.map { clip in
                bytes.isEmpty
                    ? Self.clip(clip.compactMap { floats[$0] }, part, of: geometry.cover)
                    : ClipPixels(clip.compactMap { cut[$0] })
            }
        }
    }

    /// How pictures of one size are resized, and what is cut from them.
    private struct Geometry {
        let picture: PixelSize
        /// What whole pictures are resized to.
        let size: PixelSize
        let boxes: [PixelBox]
        /// The smallest part that holds all crops.
        let cover: PixelBox
        /// The resize, where the kernel is a plain one.
        let plain: PlainResize?

        init(_ clips: EvaluationClips, _ imageSize: Int, of picture: PixelSize) throws(VideoError) {
            self.picture = picture
            size = clips.resize.shortSideRule.size(of: picture, short: clips.shortSide)
            boxes = try clips.boxes(side: imageSize, in: size)
            cover = PixelBox(covering: boxes)
            let whole = PixelBox(left: 0, top: 0, width: picture.width, height: picture.height)
            plain =
                if case .plain(let kernel) = clips.resize.family {
                    PlainResize(whole, to: size, box: cover, kernel: kernel)
                } else { nil }
        }
    }

    private static func clip(_ planes: [[Float]], _ box: PixelBox, of cover: PixelBox) -> ClipPixels {
        var floats: [Float] = []
        floats.reserveCapacity(3 * box.width * box.height * planes.count)
        for picture in planes { cut(box, from: picture, of: cover, into: &floats) }
        return ClipPixels(frames: planes.count, height: box.height, width: box.width, storage: .floats(floats))
    }

    /// Appends a part of three planes, row by row.
    private static func cut(_ box: PixelBox, from planes: [Float], of cover: PixelBox, into floats: inout [Float]) {
        if box.width == cover.width, box.height == cover.height {
            floats += planes
            return
        }
        for plane in 0..<3 {
            for row in box.top..<box.top + box.height {
                let start = (plane * cover.height + row) * cover.width + box.left
                floats += planes[start..<start + box.width]
            }
        }
    }
}

extension PixelBox {
    /// The smallest rectangle that holds all of some, at least one.
    fileprivate init(covering boxes: [PixelBox]) {
        let left = boxes.map(\.left).min() ?? 0, top = boxes.map(\.top).min() ?? 0
        let right = boxes.map { $0.left + $0.width }.max() ?? 0, bottom = boxes.map { $0.top + $0.height }.max() ?? 0
        self.init(left: left, top: top, width: right - left, height: bottom - top)
    }

    /// The same rectangle counted from the corner of another.
    fileprivate func moved(into other: PixelBox) -> PixelBox {
        PixelBox(left: left - other.left, top: top - other.top, width: width, height: height)
    }
}
