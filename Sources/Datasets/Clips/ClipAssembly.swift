internal import Video

/// A training clip that is put together picture by picture, once its geometry is drawn.
struct ClipAssembly {
    /// Whether the clip is a mirror image.
    let isMirrored: Bool
    private let pipeline: TrainingPipeline
    private let indices: [Int]
    private let size: PixelSize
    private let operations: [[PixelOperation]]?
    private let plan: TrainingCrop.Plan
    private let plain: PlainResize?
    private var pictures: [Frame?] = []
    private var floats: [Float] = []

    /// Prepares a clip.
    ///
    /// - Parameters:
    ///   - pipeline: the settings.
    ///   - indices: the frame numbers of the clip.
    ///   - size: the pictures' size.
    ///   - operations: what is done to each whole picture.
    ///   - plan: the crop.
    ///   - isMirrored: whether the clip is a mirror image.
    init(
        _ pipeline: TrainingPipeline, _ indices: [Int], of size: PixelSize, _ operations: [[PixelOperation]]?,
        _ plan: TrainingCrop.Plan, isMirrored: Bool
    ) {
        (self.pipeline, self.indices, self.size, self.operations) = (pipeline, indices, size, operations)
        (self.plan, self.isMirrored) = (plan, isMirrored)
        if case .plain(let kernel) = pipeline.clips.resize.family {
            plain = PlainResize(plan.source, to: plan.size, box: plan.box, kernel: kernel, isMirrored: isMirrored)
        } else {
            plain = nil
        }
        if isNormalized {
            floats = [Float](repeating: 0, count: indices.count * each)
        } else {
            pictures = Array(repeating: nil, count: indices.count)
        }
    }

    /// Whether resizing gives the model's numbers at once; operations on bytes stand against it.
    private var isNormalized: Bool { plain != nil && !pipeline.clips.changesColours }

    private var each: Int { 3 * plan.box.width * plan.box.height }

    /// Puts a picture into all places of the clip that show it.
    mutating func take(_ picture: Frame, _ index: Int) {
        let picture = picture.ofSize(size)
        var shared: Int?
        for place in indices.indices where indices[place] == index {
            if let shared {
                repeatPlace(shared, at: place)
            } else {
                resize(augmented(picture, place), at: place)
                if pipeline.clips.augmentation?.isPerFrame != true { shared = place }
            }
        }
    }

    private func augmented(_ picture: Frame, _ place: Int) -> Frame {
        guard let operations, let augmentation = pipeline.clips.augmentation else { return picture }
        return picture.applying(operations[place], augmentation.style)
    }

    private mutating func resize(_ picture: Frame, at place: Int) {
        guard let plain else {
            guard case .pillow(let filter) = pipeline.clips.resize.family else { return }
            let part = picture.cropped(to: plan.source).resized(to: plan.size, filter: filter, box: plan.box)
            pictures[place] = isMirrored ? part.mirrored() : part
            return
        }
        guard isNormalized else {
            pictures[place] = picture.resized(plain)
            return
        }
        let (scale, shift) = (pipeline.normalization.scale, pipeline.normalization.shift)
        let part = place * each..<(place + 1) * each
        floats.withUnsafeMutableBufferPointer { floats in
            plain.write(
                picture, scale: scale, shift: shift, to: UnsafeMutableBufferPointer(rebasing: floats[part]))
        }
    }

    private mutating func repeatPlace(_ first: Int, at place: Int) {
        if isNormalized {
            for offset in 0..<each { floats[place * each + offset] = floats[first * each + offset] }
        } else {
            pictures[place] = pictures[first]
        }
    }

    /// Draws and applies what comes after the resize; the assembly is empty afterwards.
    ///
    /// - Parameter draws: where random numbers come from.
    /// - Returns: the clip.
    mutating func finished(_ draws: inout SeededDraws) -> ClipPixels {
        guard isNormalized else {
            let coloured = coloured(pictures.compactMap(\.self), &draws)
            return ClipPixels(coloured, erasure: erasure(&draws))
        }
        var floats: [Float] = []
        swap(&floats, &self.floats)
        let size = PixelSize(width: plan.box.width, height: plan.box.height), frames = indices.count
        let erasure = erasure(&draws)
        floats.withUnsafeMutableBufferPointer { erasure?.erase($0, frames: frames, size: size) }
        return ClipPixels(frames: frames, height: size.height, width: size.width, storage: .floats(floats))
    }

    private func erasure(_ draws: inout SeededDraws) -> Erasure? {
        guard let rule = pipeline.clips.randomErasing else { return nil }
        return Erasure.drawn(rule, in: PixelSize(width: plan.box.width, height: plan.box.height), draws: &draws)
    }

    /// Changes of colours; each is drawn for the clip, and where so wanted its numbers for every frame.
    private func coloured(_ pictures: [Frame], _ draws: inout SeededDraws) -> [Frame] {
        var pictures = pictures
        let clips = pipeline.clips
        func happens(_ probability: Double, _ draws: inout SeededDraws) -> Bool {
            probability > 0 && draws.real(in: 0..<1) < probability
        }
        func apply(_ operations: (inout SeededDraws) -> [PixelOperation]) {
            let shared = clips.perFrameColour == true ? nil : operations(&draws)
            for place in pictures.indices {
                pictures[place] = pictures[place].applying(shared ?? operations(&draws))
            }
        }
        if let jitter = clips.colorJitter, happens(jitter.probability, &draws) {
            apply { jitter.operations(draws: &$0) }
        }
        if happens(clips.greyscale, &draws) { apply { _ in [.greyscale] } }
        if happens(clips.blur ?? 0, &draws) { apply { [.blur(deviation: $0.real(in: 0.1..<2))] } }
        if happens(clips.solarize ?? 0, &draws) { apply { _ in [.solarize(threshold: 128)] } }
        return pictures
    }
}

extension Frame {
    /// The picture in the size that a clip was planned for.
    ///
    /// Sources deliver one size; a damaged file that is begun again may turn out to have another.
    func ofSize(_ size: PixelSize) -> Frame { self.size == size ? self : resized(to: size, filter: .bilinear) }
}
