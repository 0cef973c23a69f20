public import Video

/// Which frames of a video make a clip; the number of frames is the model's.
public enum FrameSampling: Sendable, Equatable, Codable {
    /// ActionCLIP: one frame of each of equal parts, drawn while training.
    case segments
    /// ActionCLIP without its `random_shift`: the centre of each part, while training too.
    case segmentCentres
    /// EVL, ST-Adapter and M2-CLIP without a rate: parts that share their ends.
    case uniform
    /// EVL, ST-Adapter and M2-CLIP with a rate: frames this far apart.
    case dense(stride: Int)

    /// The rule.
    ///
    /// - Parameters:
    ///   - frames: the number of frames of a clip.
    ///   - views: the number of clips of a video in evaluation.
    /// - Returns: the rule with its sizes.
    public func rule(frames: Int, views: Int = 1) -> TemporalSampling {
        switch self {
        case .segments, .segmentCentres: .actionCLIP(segments: frames)
        case .uniform: .uniform(frames: frames)
        case .dense(let stride): .dense(frames: frames, stride: stride, views: views)
        }
    }
}

/// Which part of the pictures a training clip shows.
public enum TrainingCrop: Sendable, Equatable, Codable {
    /// TSN's thirteen places, the sides as fractions of the short side.
    case multiScale(scales: [Double])
    /// A random area and aspect, as fractions.
    case randomResized(smallestArea: Double, largestArea: Double)
    /// A random short side in pixels, then a random square.
    case shortSideJitter(smallest: Double, largest: Double)
}

/// Random operations on pictures.
public enum RandomAugmentation: Sendable, Equatable, Codable {
    /// ActionCLIP's: operations drawn for each frame.
    case perFrame(operations: Int, magnitude: Double)
    /// `rand-mM-nN-mstdS-inc1`: operations drawn for the whole clip, each applied with probability one half.
    case perClip(operations: Int, magnitude: Double, deviation: Double)
}

/// The kernel of a resize.
public enum ResizeKernel: String, Sendable, Codable, CaseIterable {
    /// Pillow's bilinear kernel on 8-bit pictures, wider when shrinking.
    case pillowBilinear = "pillow_bilinear"
    /// Pillow's bicubic kernel on 8-bit pictures, wider when shrinking.
    case pillowBicubic = "pillow_bicubic"
    /// The plain bilinear kernel on normalised pictures.
    case bilinear
    /// The plain bicubic kernel (a = -0.75) on normalised pictures.
    case bicubic
}

/// How a released model was given its clips.
public struct PresetData: Sendable, Equatable, Codable {
    /// Random changes of colours, drawn for each frame.
    public struct ColorJitter: Sendable, Equatable, Codable {
        /// How often a clip is changed.
        public var probability: Double
        /// The largest change of the factors of brightness and contrast.
        public var brightness: Double
        /// The largest change of the factor of contrast.
        public var contrast: Double
        /// The largest change of the factor of saturation.
        public var saturation: Double
        /// The largest turn of the hue; 0.5 is half the circle.
        public var hue: Double
    }

    /// The clips of training.
    public struct Training: Sendable, Equatable, Codable {
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
        /// Changes of colours.
        public var colorJitter: ColorJitter?
        /// How often a clip loses its colours.
        public var greyscale: Double
    }

    /// The clips of evaluation; every combination of crops and temporal views is one view.
    public struct Evaluation: Sendable, Equatable, Codable {
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
    }

    /// The clips of training; nil for models that are used as they are.
    public var training: Training?
    /// The clips of evaluation.
    public var evaluation: Evaluation

    /// The first number that cannot be, and where it stands below `data`.
    func problem(imageSize: Int) -> (key: String, detail: String)? {
        let probability = 0.0...1.0
        if let training {
            guard probability.contains(training.flip) else { return ("training.flip", "must be 0 to 1") }
            guard probability.contains(training.greyscale) else { return ("training.greyscale", "must be 0 to 1") }
            if let problem = training.crop.problem(imageSize: imageSize) { return ("training.crop", problem) }
            if let problem = training.sampling.problem { return ("training.sampling", problem) }
            if let problem = training.augmentation?.problem { return ("training.augmentation", problem) }
            if let jitter = training.colorJitter {
                let shares = [jitter.probability, jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue]
                guard shares.allSatisfy(probability.contains) else {
                    return ("training.colorJitter", "all numbers must be 0 to 1")
                }
            }
        }
        if let problem = evaluation.sampling.problem { return ("evaluation.sampling", problem) }
        guard (1...100).contains(evaluation.temporalViews) else {
            return ("evaluation.temporalViews", "must be 1 to 100")
        }
        guard evaluation.temporalViews == 1 || evaluation.sampling.isDense else {
            return (
                "evaluation.temporalViews",
                "must be 1 where the sampling is not dense: the whole video is one clip then"
            )
        }
        guard [1, 3, 4].contains(evaluation.crops) else { return ("evaluation.crops", "must be 1, 3 or 4") }
        guard (imageSize...65_536).contains(evaluation.shortSide) else {
            return ("evaluation.shortSide", "must be at least the model's image size \(imageSize)")
        }
        return nil
    }
}

extension FrameSampling {
    fileprivate var isDense: Bool {
        if case .dense = self { true } else { false }
    }

    fileprivate var problem: String? {
        if case .dense(let stride) = self, !(1...100_000).contains(stride) { return "the stride must be at least 1" }
        return nil
    }
}

extension TrainingCrop {
    fileprivate func problem(imageSize: Int) -> String? {
        switch self {
        case .multiScale(let scales):
            scales.isEmpty || !scales.allSatisfy { $0 > 0 && $0 <= 1 } ? "scales must be above 0 and at most 1" : nil
        case .randomResized(let smallest, let largest):
            smallest > 0 && smallest < largest && largest <= 1 ? nil : "areas must be above 0 and at most 1, in order"
        case .shortSideJitter(let smallest, let largest):
            smallest >= Double(imageSize) && smallest < largest && largest <= 65_536
                ? nil : "sides must be at least the model's image size \(imageSize), in order"
        }
    }
}

extension RandomAugmentation {
    fileprivate var problem: String? {
        let (operations, magnitude, deviation) =
            switch self {
            case .perFrame(let operations, let magnitude): (operations, magnitude / 30, 0.0)
            case .perClip(let operations, let magnitude, let deviation): (operations, magnitude / 10, deviation)
            }
        let isPossible = (1...100).contains(operations) && (0...1).contains(magnitude) && deviation >= 0
        return isPossible ? nil : "1 to 100 operations, magnitudes 0 to 30 for each frame or 0 to 10 for each clip"
    }
}
