public import Video

/// Where the frames of one video of a list are.
public enum VideoSource: Sendable, Hashable {
    /// A video file, by its path.
    case file(String)
    /// A folder of numbered images, or a part of one.
    case images(ImageSequence)

    /// The path of the file or folder.
    public var path: String {
        switch self {
        case .file(let path): path
        case .images(let images): images.folder
        }
    }

    /// Opens the video.
    ///
    /// - Parameter options: limits and conversions.
    /// - Returns: its frames by number; belongs to one task at a time.
    /// - Throws: `VideoError` with the status that the source deserves.
    public func open(options: VideoOptions = .init()) throws(VideoError) -> any FrameSource {
        switch self {
        case .file(let path): try VideoFile(path: path, options: options)
        case .images(let images): try images.open(options: options)
        }
    }
}
