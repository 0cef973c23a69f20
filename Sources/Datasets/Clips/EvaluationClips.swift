internal import Video

/// How the clips of evaluation are made; every combination of crops and temporal views is one view.
public struct EvaluationClips: Sendable, Equatable, Codable {
    /// Which frames.
    public var sampling: FrameSampling
    /// The number of clips along time; more than one with dense sampling only.
    public var temporalViews: Int
    /// The number of crops along the long side: 1, 3 or 4.
    public var crops: Int
    /// The short side in pixels before the crops of the model's size.
    public var shortSide: Int
    /// How pictures are resized.
    public var resize: ResizeKernel

    /// Makes settings with one view.
    ///
    /// - Parameters:
    ///   - sampling: which frames.
    ///   - shortSide: the short side in pixels before the crop.
    ///   - resize: how pictures are resized.
    public init(sampling: FrameSampling, shortSide: Int, resize: ResizeKernel) {
        (self.sampling, self.shortSide, self.resize) = (sampling, shortSide, resize)
        (temporalViews, crops) = (1, 1)
    }

    /// The number of views of a video.
    public var views: Int { crops * temporalViews }

    /// The crops of a resized picture, in the order of the views.
    ///
    /// - Parameters:
    ///   - side: the side of the model's input.
    ///   - size: the size of the resized picture.
    /// - Returns: one box a crop.
    /// - Throws: `invalidRequest` when the picture does not allow them.
    func boxes(side: Int, in size: PixelSize) throws(VideoError) -> [PixelBox] {
        switch crops {
        case 3: try SpatialViews.three.views(side: side, in: size).map(\.box)
        case 4: try SpatialViews.four.views(side: side, in: size).map(\.box)
        default: [resize.centreRule.box(side: side, in: size)]
        }
    }

    /// The first setting that cannot be.
    package func problem(imageSize: Int) -> ClipProblem? {
        if let problem = sampling.problem { return ClipProblem("sampling", problem) }
        guard (1...100).contains(temporalViews) else { return ClipProblem("temporalViews", "must be 1 to 100") }
        guard temporalViews == 1 || sampling.isDense else {
            return ClipProblem(
                "temporalViews", "must be 1 where the sampling is not dense: the whole video is one clip then")
        }
        guard [1, 3, 4].contains(crops) else { return ClipProblem("crops", "must be 1, 3 or 4") }
        guard (imageSize...65_536).contains(shortSide) else {
            return ClipProblem("shortSide", "must be at least the model's image size \(imageSize)")
        }
        guard crops == 1 || shortSide == imageSize else {
            return ClipProblem(
                "shortSide", "must be the model's image size \(imageSize) where there are \(crops) crops")
        }
        return nil
    }
}
