public import Video

/// How the clips of training are made: everything between a video and the model's input.
public struct TrainingClips: Sendable, Equatable, Codable {
    /// Which frames.
    public var sampling: FrameSampling
    /// Operations on whole pictures, before the crop.
    public var augmentation: RandomAugmentation?
    /// Which part of the pictures.
    public var crop: TrainingCrop
    /// How that part is resized to the model's size.
    public var resize: ResizeKernel
    /// How often a clip is mirrored.
    public var flip: Double
    /// Pairs of classes that a mirror image exchanges, as positions; none when nil.
    public var flipLabels: [[Int]]?
    /// Changes of colours.
    public var colorJitter: ColorJitter?
    /// Whether each frame of a clip gets changes of colours, blur and inversion of its own, as in ActionCLIP.
    public var perFrameColour: Bool?
    /// How often a clip loses its colours.
    public var greyscale: Double
    /// How often a clip is blurred, with a deviation from 0.1 to 2 pixels.
    public var blur: Double?
    /// How often values from 128 on are inverted.
    public var solarize: Double?
    /// Rectangles that are erased.
    public var randomErasing: RandomErasing?

    /// Makes settings without anything random but frames and crop.
    ///
    /// - Parameters:
    ///   - sampling: which frames.
    ///   - crop: which part of the pictures.
    ///   - resize: how that part is resized to the model's size.
    public init(sampling: FrameSampling, crop: TrainingCrop, resize: ResizeKernel) {
        (self.sampling, self.crop, self.resize) = (sampling, crop, resize)
        (flip, greyscale) = (0, 0)
    }

    /// Whether operations on bytes come after the resize; a plain kernel's result is rounded to bytes then.
    var changesColours: Bool {
        colorJitter != nil || greyscale > 0 || (blur ?? 0) > 0 || (solarize ?? 0) > 0
    }

    /// The first setting that cannot be.
    package func problem(imageSize: Int) -> ClipProblem? {
        let probability = 0.0...1.0
        for (key, value) in [
            ("flip", flip), ("greyscale", greyscale), ("blur", blur ?? 0), ("solarize", solarize ?? 0),
        ]
        where !probability.contains(value) {
            return ClipProblem(key, "must be 0 to 1")
        }
        if let problem = crop.problem(imageSize: imageSize) { return ClipProblem("crop", problem) }
        if let problem = sampling.problem { return ClipProblem("sampling", problem) }
        if let problem = augmentation?.problem { return ClipProblem("augmentation", problem) }
        if let jitter = colorJitter {
            let shares = [jitter.probability, jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue]
            guard shares.allSatisfy(probability.contains) else {
                return ClipProblem("colorJitter", "all numbers must be 0 to 1")
            }
        }
        if let problem = randomErasing?.problem { return ClipProblem("randomErasing", problem) }
        return flipLabels.flatMap(MirroredLabels.problem).map { ClipProblem("flipLabels", $0) }
    }
}

extension RandomErasing {
    fileprivate var problem: String? {
        guard (0...1).contains(probability) else { return "the probability must be 0 to 1" }
        guard smallestCount >= 1, largestCount >= smallestCount, largestCount <= 100 else {
            return "counts must be 1 to 100, in order"
        }
        guard smallestArea > 0, smallestArea < largestArea, largestArea <= 1 else {
            return "areas must be above 0 and at most 1, in order"
        }
        return smallestAspect > 0 && smallestAspect <= 1 ? nil : "smallestAspect must be above 0 and at most 1"
    }
}
