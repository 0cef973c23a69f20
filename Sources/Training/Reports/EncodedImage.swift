public import Video

/// A picture in a compressed format, for reports and event files.
public struct EncodedImage: Sendable, Equatable {
    /// The picture's file.
    public let bytes: [UInt8]
    /// The format, such as `image/jpeg`.
    public let mediaType: String
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int

    /// Compresses a picture as JPEG.
    ///
    /// - Parameter frame: the picture.
    /// - Throws: `VideoError` if FFmpeg cannot.
    public init(_ frame: Frame) throws(VideoError) {
        bytes = try frame.jpegBytes()
        mediaType = "image/jpeg"
        (width, height) = (frame.width, frame.height)
    }

    /// Puts frames side by side and compresses them as one JPEG.
    ///
    /// - Parameters:
    ///   - frames: in the order of time, at least one.
    ///   - height: what each is resized to, in pixels.
    ///   - limit: of more frames than this, those at the middles of equal parts are taken.
    /// - Throws: `invalidRequest` without frames, or what FFmpeg says.
    public init(strip frames: [Frame], height: Int = 96, limit: Int = 8) throws(VideoError) {
        let shown =
            frames.count <= limit ? frames : (0..<limit).map { frames[(2 * $0 + 1) * frames.count / (2 * limit)] }
        let resized = shown.map { frame in
            let width = max(1, (frame.width * height + frame.height / 2) / max(frame.height, 1))
            return frame.resized(to: PixelSize(width: width, height: height))
        }
        try self.init(ContactSheet.tile(resized, columns: max(resized.count, 1), gap: 2))
    }
}
