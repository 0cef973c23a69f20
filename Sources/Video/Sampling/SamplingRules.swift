/// Rounds half to even.
private func rounded(_ x: Double) -> Int { Int(x.rounded(.toNearestOrEven)) }

/// ActionCLIP, `datasets/datasets.py`.
enum ActionCLIPSampling {
    /// Draws one start for each segment; for a short video what is missing, with repetition.
    static func training(_ n: Int, _ segments: Int, _ length: Int, _ draws: inout some DrawSource) -> [Int] {
        guard n > segments * length else {
            let extra = (0..<segments * length - n).map { _ in draws.integer(in: 0..<n) }
            return (Array(0..<n) + extra).sorted()
        }
        return (0..<segments).flatMap { segment in
            let start = segment * n / segments
            let places = (segment + 1) * n / segments - start - length + 1
            let offset = places > 0 ? draws.integer(in: 0..<places) : 0
            return (0..<length).map { min(start + offset + $0, n - 1) }
        }
    }

    /// In whole numbers, which equals the reference's truncated doubles.
    static func evaluation(_ n: Int, _ segments: Int, _ length: Int) -> [Int] {
        if segments == 1 { return [n / 2] }
        let wanted = segments * length
        if n <= wanted { return (0..<wanted).map { $0 * n / wanted } }
        return (0..<segments).flatMap { segment in
            (0..<length).map { (2 * segment * n + n - length * segments) / (2 * segments) + $0 }
        }
    }
}

/// Parts of `(n - 1) / frames` whose ends are shared: M2-CLIP, ST-Adapter, SlowFast and mmaction2 `UniformSample`.
enum UniformSampling {
    private static func ends(_ n: Int, _ frames: Int, _ part: Int) -> (low: Int, high: Int) {
        let length = Double(n - 1) / Double(frames)
        return (rounded(length * Double(part)), rounded(length * Double(part + 1)))
    }

    /// Draws one frame for each part, both ends included.
    static func training(_ n: Int, _ frames: Int, _ draws: inout some DrawSource) -> [Int] {
        (0..<frames).map {
            let part = ends(n, frames, $0)
            return draws.integer(in: part.low..<part.high + 1)
        }
    }

    static func evaluation(_ n: Int, _ frames: Int) -> [Int] {
        (0..<frames).map {
            let part = ends(n, frames, $0)
            return (part.low + part.high) / 2
        }
    }

    /// Clip k of K stands k / (K + 1) into each part.
    static func evaluation(_ n: Int, _ frames: Int, clips: Int) -> [[Int]] {
        let step = Double(n - 1) / Double(frames) / Double(clips + 1)
        return (1...clips).map { clip in
            (0..<frames).map { ends(n, frames, $0).low + Int(step * Double(clip)) }
        }
    }
}

/// Frames a stride apart: EVL, `video_dataset/dataset.py`.
enum DenseSampling {
    /// Draws the start, if the video is longer than the span.
    static func training(
        _ n: Int, _ frames: Int, _ stride: Int, _ short: TemporalSampling.ShortClip, _ draws: inout some DrawSource
    ) -> [Int] {
        let span = stride * (frames - 1) + 1
        guard span < n else {
            let last = short == .reference ? (n - 1) / stride * stride : n - 1
            return (0..<frames).map { $0 * stride < n ? $0 * stride : last }
        }
        let start = draws.integer(in: 0..<n - span + 1)
        return (0..<frames).map { start + $0 * stride }
    }

    static func evaluation(_ n: Int, _ frames: Int, _ stride: Int, _ views: Int) -> [[Int]] {
        let span = stride * (frames - 1) + 1
        let slide = max(n, span) - span
        return (0..<views).map { view in
            let start = views == 1 ? slide / 2 : rounded(Double(slide) / Double(views - 1) * Double(view))
            return (0..<frames).map { min(start + $0 * stride, n - 1) }
        }
    }
}

/// mmaction2, `SampleFrames`.
enum MMActionSampling {
    /// Draws one offset for each clip where there is room; else all clips together, or none.
    static func trainingOffsets(_ n: Int, span: Int, _ clips: Int, _ draws: inout some DrawSource) -> [Int] {
        let room = n - span + 1
        let each = room >= 0 ? room / clips : -1
        if each > 0 { return (0..<clips).map { $0 * each + draws.integer(in: 0..<each) } }
        if n > max(clips, span) { return (0..<clips).map { _ in draws.integer(in: 0..<room) }.sorted() }
        guard each == 0 else { return [Int](repeating: 0, count: clips) }
        let ratio = Double(room) / Double(clips)
        return (0..<clips).map { rounded(Double($0) * ratio) }
    }

    static func evaluationOffsets(_ n: Int, span: Int, _ clips: Int) -> [Int] {
        let slide = max(n - span, 0)
        if clips == 1 { return [slide / 2] }
        let step = Double(slide) / Double(clips - 1)
        return (0..<clips).map { rounded(Double($0) * step) }
    }
}

/// SlowFast, `datasets/decoder.py`: positions are reals, spread with 32-bit arithmetic as torch does.
enum SlowFastSampling {
    static func start(slide: Double, _ clip: Int, of clips: Int, usesOffset: Bool) -> Double {
        if !usesOffset { return slide * Double(clip) / Double(clips) }
        if clips == 1 { return (slide / 2).rounded(.down) }
        return Double(clip) * (slide / Double(clips - 1)).rounded(.down)
    }

    static func indices(_ n: Int, _ frames: Int, start: Double, span: Double) -> [Int] {
        let (low, high) = (Float(start), Float(start + span - 1))
        guard frames > 1 else { return [min(max(Int(low), 0), n - 1)] }
        let step = (high - low) / Float(frames - 1)
        return (0..<frames).map { place in
            // torch.linspace counts up in the first half and down from the end in the second.
            let isFirstHalf = place < frames / 2
            let position = isFirstHalf ? low + step * Float(place) : high - step * Float(frames - 1 - place)
            return Int(min(max(position, 0), Float(n - 1)))
        }
    }
}
