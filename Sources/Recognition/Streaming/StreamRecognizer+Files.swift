public import Video

extension StreamSettings {
    /// The times that decisions look at, for a source that need not convert all of its pictures.
    public var grid: LiveSettings.Grid { LiveSettings.Grid(stride: stride, longestGap: gap) }
}

extension StreamRecognizer {
    /// Recognises a video file as a stream, as fast as it can be computed; no frame is dropped.
    ///
    /// - Parameters:
    ///   - path: a video file.
    ///   - loops: whether it begins again at its end, its times going on.
    ///   - options: how it is decoded.
    /// - Returns: what happens; it is iterated once.
    /// - Throws: `RecognitionError.video` for options that cannot be.
    public func events(
        ofFile path: String, loops: Bool = false, options: VideoOptions = .init()
    ) throws(RecognitionError) -> StreamEvents<LiveFrames> {
        var live = LiveSettings()
        (live.pace, live.loops, live.grid, live.video) = (.fast, loops, settings.grid, options)
        do throws(VideoError) { return events(of: try LiveFrames(.file(path), live)) } catch {
            throw RecognitionError(error)
        }
    }

    /// Chooses the probability below which the best label is called unknown, on videos that are watched as streams.
    ///
    /// Scores are the best smoothed probabilities of all decisions about full windows, with these settings; of a video
    /// that is shorter than a window, of its last decision.
    ///
    /// - Parameters:
    ///   - known: videos that show one of the labels.
    ///   - unknown: videos that show something else; without any, the threshold keeps a share of the known.
    ///   - kept: that share, above 0 and at most 1.
    /// - Returns: the threshold, for ``StreamSettings/unknown``.
    /// - Throws: `RecognitionError`, also `.badSetting` without videos.
    public func unknownThreshold(
        known: [String], unknown: [String] = [], keeping kept: Double = 0.95
    ) async throws(RecognitionError) -> UnknownThreshold {
        let own = try await scores(of: known)
        guard !unknown.isEmpty else { return try UnknownThreshold.fit(known: own, keeping: kept) }
        return try UnknownThreshold.fit(known: own, unknown: try await scores(of: unknown))
    }

    private func scores(of paths: [String]) async throws(RecognitionError) -> [Double] {
        var scores: [Double] = []
        for path in paths {
            var (full, last) = ([Double](), Double?.none)
            for try await event in try events(ofFile: path) {
                guard case .decision(let decision) = event, let best = decision.smoothed.first else { continue }
                last = best.probability
                let covered = decision.window.upperBound - decision.window.lowerBound
                if covered >= settings.window - settings.stride - 1e-6 { full.append(best.probability) }
            }
            scores += full.isEmpty ? [last].compactMap(\.self) : full
        }
        return scores
    }
}
