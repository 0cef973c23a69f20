public import Video

/// A video that was stored as numbered images, as a raw-frame list states it.
///
/// Frame `i` is the image with the number `i` + first index + offset.
public struct ImageSequence: Sendable, Hashable {
    /// The folder of the images.
    public let folder: String
    /// How the images are called.
    public let template: ImageTemplate
    /// The number of a folder's first image.
    public let firstIndex: Int
    /// How many images of the folder come before the video's first.
    public let offset: Int
    /// The number of frames that the list states; nil means all there are.
    public let count: Int?

    /// Takes what a list states.
    ///
    /// - Parameters:
    ///   - folder: the folder of the images.
    ///   - template: how the images are called.
    ///   - firstIndex: the number of a folder's first image.
    ///   - offset: how many images come before the video's first.
    ///   - count: the number of frames, nil for all.
    public init(folder: String, template: ImageTemplate, firstIndex: Int = 1, offset: Int = 0, count: Int? = nil) {
        self.folder = folder
        self.template = template
        self.firstIndex = firstIndex
        self.offset = offset
        self.count = count
    }

    /// Lists the folder, after which frames can be asked for.
    ///
    /// - Parameter options: limits and conversions.
    /// - Returns: the frames; a missing number is replaced by the nearest lower one and counted, and a folder with
    ///   fewer images than stated is ``Video/VideoStatus/short``.
    /// - Throws: `VideoError`: `missingFile`, `notReadable`, `noFrames` or `invalidRequest`.
    public func open(options: VideoOptions = .init()) throws(VideoError) -> ImageFolder {
        let (first, isTooLarge) = firstIndex.addingReportingOverflow(offset)
        guard !isTooLarge else {
            throw VideoError(.invalidRequest, path: folder, detail: "frames from number \(firstIndex) + \(offset)")
        }
        return try ImageFolder(path: folder, template: template, firstIndex: first, count: count, options: options)
    }
}
