internal import Video

/// Makes training clips out of videos.
///
/// What is drawn, in this order: frames; operations on whole pictures; crop; mirror; whether colours change, and how;
/// whether they are lost; blur; inversion; erasing. Source: video specification 4.8.
struct TrainingPipeline: Sendable {
    /// A clip and whether it is a mirror image.
    struct Result {
        let pixels: ClipPixels
        let isMirrored: Bool
    }

    let clips: TrainingClips
    let frames: Int
    let imageSize: Int
    let normalization: PixelNormalization

    /// Makes one clip; decodes the frames that it shows and no others, and holds one whole picture at a time.
    ///
    /// - Parameters:
    ///   - source: an opened video.
    ///   - draws: where random numbers come from.
    /// - Returns: the clip.
    /// - Throws: `VideoError`.
    func clip(from source: any FrameSource, draws: inout SeededDraws) throws(VideoError) -> Result {
        let indices = try clips.sampling.trainingIndices(frames: frames, of: source.count, draws: &draws)
        var assembly: ClipAssembly?
        try source.read(indices) { index, picture throws(VideoError) in
            // What is drawn next needs the size of the pictures.
            if assembly == nil { assembly = try self.assembly(of: indices, size: picture.size, &draws) }
            assembly?.take(picture, index)
        }
        guard let pixels = assembly?.finished(&draws), let assembly else {
            throw VideoError(.noFrames, detail: "nothing was decoded")
        }
        return Result(pixels: pixels, isMirrored: assembly.isMirrored)
    }

    private func assembly(
        of indices: [Int], size: PixelSize, _ draws: inout SeededDraws
    ) throws(VideoError) -> ClipAssembly {
        let operations = try clips.augmentation?.operations(frames: indices.count, in: size, draws: &draws)
        let plan = clips.crop.plan(in: size, side: imageSize, draws: &draws)
        let isMirrored = clips.flip > 0 && draws.real(in: 0..<1) < clips.flip
        return ClipAssembly(self, indices, of: size, operations, plan, isMirrored: isMirrored)
    }
}
