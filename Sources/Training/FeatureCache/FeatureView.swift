public import Video

/// One view of a video whose features are kept: the key of a cache.
public struct FeatureView: Codable, Sendable, Hashable {
    /// The video, by whatever names it in its data set.
    public let video: String
    /// The numbers of the frames, in the order of the clip.
    public let frames: [Int]
    /// The part of the pictures, in pixels before it is brought to the model's size.
    public let box: PixelBox
    /// Whether the part is mirrored.
    public let isMirrored: Bool
    /// What else was done to the pictures, in order, in words that tell one augmentation from another; often nothing.
    public let augmentation: [String]

    /// Names a view.
    ///
    /// - Parameters:
    ///   - video: the video, by whatever names it in its data set.
    ///   - frames: the numbers of the frames, in the order of the clip; at least one.
    ///   - box: the part of the pictures.
    ///   - isMirrored: whether the part is mirrored.
    ///   - augmentation: what else was done to the pictures, for example each `PixelOperation` of a clip as text.
    public init(
        video: String, frames: [Int], box: PixelBox, isMirrored: Bool = false, augmentation: [String] = []
    ) {
        self.video = video
        self.frames = frames
        self.box = box
        self.isMirrored = isMirrored
        self.augmentation = augmentation
    }
}
