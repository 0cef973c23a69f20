internal import ActionModels
internal import CLIP
internal import Video

/// Turns frames into events: picks them, has them encoded and decides; it holds what one stream knows.
struct StreamProcess: Sendable {
    /// A frame that was picked for a grid time.
    private struct Picked: Sendable {
        let live: ArrivedFrame
        /// Its number in the stream.
        let number: Int
        var isEncoded = false
    }

    /// What has happened since the last decision.
    private struct Account: Sendable {
        var timings = Timings()
        var encoded = 0
        var dropped = 0
        var late = 0
    }

    private let recognizer: StreamRecognizer
    private let settings: StreamSettings
    private let rule: WindowRule
    private var grid: FrameGrid
    private var window: StreamWindow
    private var smoothing: DecisionSmoothing
    private var spans: SpanTracker
    private var version: Int
    private var events: [StreamEvent] = []
    private var pictures = 0
    private var previous: Picked?
    private var current: Picked?
    private var picked: Picked?
    private var account = Account()
    /// The number of the grid time that was added to the window last.
    private var appended: Int?
    /// Frames were dropped before the next one that is used.
    private var isHole = false
    /// Decisions that may still be left out since newer frames wait behind them; nil where none were dropped.
    private var leftOut: Int?
    /// A window that was due and was left out, and no newer one was decided.
    private var undecided: FrameGrid.Sample?
    /// The last grid time of this run, and whether any of its windows was decided.
    private var lastSample: FrameGrid.Sample?
    private var hasDecided = false

    init(_ recognizer: StreamRecognizer) {
        (self.recognizer, settings) = (recognizer, recognizer.settings)
        rule = WindowRule(settings)
        grid = FrameGrid(
            stride: settings.stride, gap: settings.gap, limit: settings.frames + settings.hopStrides)
        window = StreamWindow(capacity: settings.frames)
        smoothing = DecisionSmoothing(constant: settings.smoothing)
        spans = SpanTracker(settings)
        version = recognizer.labels.current.number
    }

    /// Whether a decision costs the whole window, and a frame that only fills it nothing.
    private var costsWindows: Bool { !recognizer.session.sharesFrames && !isCausal }

    /// Whether windows are approximated by frames that are encoded once.
    private var isCausal: Bool { settings.cache == .causal && recognizer.session.hasCausalCache }

    /// The next event that is known.
    mutating func takeEvent() -> StreamEvent? { events.isEmpty ? nil : events.removeFirst() }

    /// Takes a frame with all that follows from it.
    mutating func accept(_ frame: ArrivedFrame) async throws(RecognitionError) {
        account.dropped += frame.dropped
        account.timings.decode += frame.decode
        isHole = isHole || frame.dropped > 0
        var next = grid
        let verdict = next.accept(frame.frame.time, isHole: isHole)
        guard verdict != .late else { return account.late += 1 }
        if isHole, leftOut == nil { leftOut = settings.frames }
        defer { isHole = false }
        switch verdict {
        case .late: break
        case .samples(let samples):
            grid = next
            advance(to: frame)
            // Dropping relieves nothing unless the decisions between are left out as well.
            let newest = isHole ? samples.last { rule.isDue($0.number) } : nil
            for sample in samples { try await take(sample, decides: !isHole || sample == newest) }
        case .gap(let time, let sample):
            try await finish()
            grid = next
            try await beginRun(with: frame, sample, .gap(time))
        case .jump(let from, let to, let sample):
            try await finish()
            grid = next
            try await beginRun(with: frame, sample, .jump(from: from, to: to))
        }
    }

    /// Takes an error: what goes on ends, and nothing is decided any more.
    mutating func fail() {
        if let change = spans.finish() { events.append(StreamEvent(change)) }
    }

    /// Takes the end of the stream, or of a run without gaps.
    mutating func finish() async throws(RecognitionError) {
        for sample in grid.finish() { try await take(sample) }
        if let undecided { try await decide(undecided) }
        if let lastSample, !hasDecided, settings.start == .short, window.count > 0 { try await decide(lastSample) }
        if let change = spans.finish() { events.append(StreamEvent(change)) }
    }

    // MARK: - Runs without gaps

    private mutating func advance(to frame: ArrivedFrame) {
        previous = current
        pictures += 1
        current = Picked(live: frame, number: pictures)
    }

    private mutating func beginRun(
        with frame: ArrivedFrame, _ sample: FrameGrid.Sample?, _ event: StreamEvent
    ) async throws(RecognitionError) {
        events.append(event)
        window = StreamWindow(capacity: settings.frames)
        smoothing.reset()
        spans.beginRun()
        (picked, appended, lastSample, hasDecided) = (nil, nil, nil, false)
        (previous, current, leftOut) = (nil, nil, nil)
        advance(to: frame)
        if let sample { try await take(sample) }
    }

    // MARK: - Frames

    private mutating func take(_ sample: FrameGrid.Sample, decides: Bool = true) async throws(RecognitionError) {
        lastSample = sample
        let wanted: Picked? =
            switch sample.picture {
            case .current: current
            case .previous: previous
            case .repetition: nil
            }
        var isRepetition = true
        if let wanted, wanted.number != picked?.number { (picked, isRepetition) = (wanted, false) }
        guard rule.isNeeded(sample.number) else { return }
        if picked?.isEncoded == true {
            window.repeatLast()
        } else if let frame = picked?.live.frame {
            window.append(try await encode(frame, at: sample.number), isRepetition: isRepetition)
            picked?.isEncoded = true
        }
        appended = sample.number
        guard decides, rule.isDue(sample.number) else { return }
        if isUpToDate() { try await decide(sample) } else { undecided = sample }
    }

    /// Whether the window may be decided: after a drop, frames that wait go into windows that cost all of their frames
    /// first, so that what is decided is regular and new.
    private mutating func isUpToDate() -> Bool {
        guard costsWindows, let rest = leftOut, rest > 0, let arrival = current?.live.arrival,
            ContinuousClock.now - arrival > .seconds(settings.hop)
        else {
            leftOut = nil
            return true
        }
        leftOut = rest - 1
        return false
    }

    private mutating func encode(_ frame: Frame, at number: Int) async throws(RecognitionError) -> FrameState {
        let preprocessing = recognizer.session.preprocessing
        let prepared = measured(&account.timings.transform) { preprocessing.prepared(frame) }
        let encoded: EncodedFrames
        if isCausal {
            // Where windows lie apart the last frame is none that this one follows.
            let neighbour = appended == number - 1 ? window.last : nil
            encoded = await recognizer.session.encoded(prepared, after: neighbour)
        } else if let encoder = recognizer.encoder {
            encoded = try await encoder.encode([prepared])
        } else {
            encoded = try await recognizer.session.encoded([prepared])
        }
        account.timings.encode += encoded.seconds
        account.encoded += 1
        return encoded.states[0]
    }

    // MARK: - Decisions

    private mutating func decide(_ sample: FrameGrid.Sample) async throws(RecognitionError) {
        let labels = recognizer.labels.current
        if labels.number != version { replaceLabels(labels) }
        let ranked = try await recognizer.session.ranked(window, among: labels.scored, isCausal: isCausal)
        window = ranked.window
        account.timings += ranked.timings
        (hasDecided, undecided) = (true, nil)
        let decision = decision(ranked.predictions, sample)
        account = Account()
        events.append(.decision(decision))
        if let change = spans.add(decision.smoothed, decision.window) { events.append(StreamEvent(change)) }
    }

    private mutating func replaceLabels(_ labels: CurrentLabels.Version) {
        version = labels.number
        smoothing.reset()
        if let change = spans.finish() { events.append(StreamEvent(change)) }
        events.append(.labels(labels.names))
    }

    private mutating func decision(_ predictions: [Prediction], _ sample: FrameGrid.Sample) -> StreamDecision {
        let smoothed = smoothing.add(predictions, at: sample.time)
        // A repetition is known for one when the frame behind it has come.
        let newest = sample.picture == .previous ? previous : current
        return StreamDecision(
            window: min(max(grid.start, sample.time - settings.window), sample.time)..<sample.time,
            predictions: predictions,
            smoothed: smoothed, outcome: settings.outcome(of: smoothed),
            latency: newest.map { (ContinuousClock.now - $0.live.arrival) / .seconds(1) } ?? 0,
            timings: account.timings,
            newFrames: recognizer.session.sharesFrames || isCausal ? account.encoded : settings.frames,
            repeated: window.places.count(where: \.isRepetition), dropped: account.dropped, late: account.late)
    }
}

extension StreamEvent {
    init(_ change: SpanTracker.Change) {
        self =
            switch change {
            case .began(let span): .began(span)
            case .changed(let from, let to): .changed(from: from, to: to)
            case .ended(let span): .ended(span)
            }
    }
}
