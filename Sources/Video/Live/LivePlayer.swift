internal import Foundation

/// What a live source's thread does: connects, decodes, waits for the time of each picture, and connects again.
struct LivePlayer: Sendable {
    private enum Ending {
        /// The source has delivered its last picture.
        case ended
        /// A stream closed, and may come back.
        case closed
        case failed(VideoError)
    }

    /// When a picture is: in the stream, by the clock where that shows it, and when it was decoded.
    private struct Moment {
        let time: Double
        let due: ContinuousClock.Instant?
        let decoded: ContinuousClock.Instant
    }

    let source: LiveSource
    let settings: LiveSettings
    let pipe: FramePipe<ArrivedFrame>
    let states: AsyncStream<LiveState>.Continuation
    let ledger: LiveLedger
    let clock: WallClock
    private var time: MediaTime
    private var backoff: Backoff
    private var grid: ConversionGrid?
    /// The moment of media time 0 where pictures are shown by the clock.
    private var start: ContinuousClock.Instant?
    /// Seconds of decoding since the frame delivered last.
    private var spent = 0.0
    /// Whether the last connection that gave pictures was closed in order: if it does not come back, that was the end.
    private var wasClosed = false
    /// Whether pictures of a recording came: it would only begin again.
    private var hasBegunRecording = false

    init(
        _ source: LiveSource, _ settings: LiveSettings, pipe: FramePipe<ArrivedFrame>,
        states: AsyncStream<LiveState>.Continuation, ledger: LiveLedger, clock: WallClock
    ) {
        (self.source, self.settings, self.pipe, self.states) = (source, settings, pipe, states)
        (self.ledger, self.clock) = (ledger, clock)
        let isMadeNow = source.isRemote || source.isPipe && settings.pace == .real
        time = MediaTime(isMadeNow ? .clock : .seamless)
        backoff = Backoff(settings.reconnection)
        grid = settings.grid.map(ConversionGrid.init)
    }

    /// Plays to the end, and tells the pipe how it ended.
    mutating func run() {
        defer { states.finish() }
        while !pipe.isCancelled {
            states.yield(.connecting)
            switch play() {
            case .ended:
                guard settings.loops, case .file = source else { return pipe.finish(nil) }
                time.join()
            case .closed:
                wasClosed = true
                guard pause("the stream has ended") else { return pipe.finish(nil) }
            case .failed(let error):
                guard source.isRemote, error.mayPass, !hasBegunRecording, pause(error.detail) else {
                    return pipe.finish(wasClosed ? nil : error)
                }
            }
        }
    }

    /// Waits before the next attempt; false gives up.
    private mutating func pause(_ reason: String) -> Bool {
        guard !pipe.isCancelled, let seconds = backoff.next() else { return false }
        states.yield(.lost(reason: reason, retryIn: seconds))
        clock.wait(seconds, pipe)
        time.join()
        return true
    }

    private mutating func play() -> Ending {
        do throws(VideoError) {
            let reader = try open()
            let now = clock.now()
            ledger.note { counts in
                counts.connections += 1
                counts.opened = counts.opened ?? now
            }
            states.yield(.connected(reader.information))
            let isRecording = reader.demuxer.isRecording
            try play(reader, isRecording)
            guard source.isRemote else { return .ended }
            if let words = reader.demuxer.endedByError {
                return .failed(VideoError(.truncated, path: source.description, detail: words))
            }
            return isRecording ? .ended : .closed
        } catch {
            return .failed(error)
        }
    }

    private func open() throws(VideoError) -> VideoReader {
        var options = settings.video
        let (pipe, outer) = (pipe, settings.video.isCancelled)
        options.isCancelled = { pipe.isCancelled || outer?() ?? false }
        options.deadline = source.isPipe ? nil : settings.timeout
        let interruption = Interruption(path: source.description, options: options)
        let demuxer = try Demuxer.open(source, options: options, interruption: interruption)
        return try VideoReader(demuxer, options: options)
    }

    private mutating func play(_ reader: VideoReader, _ isRecording: Bool) throws(VideoError) {
        let isPaced = settings.pace == .real && (!source.isRemote || isRecording)
        if isRecording { time.isRecorded() }
        var previous: Moment?
        while let stamp = try decode(reader) {
            backoff.reset()
            (wasClosed, hasBegunRecording) = (false, isRecording)
            let now = clock.now()
            let media = time.time(of: stamp, arrival: now)
            let moment = Moment(time: media, due: isPaced ? due(media, reader, now) : nil, decoded: now)
            let wanted = grid?.accept(media) ?? (previous: false, current: true)
            if wanted.previous, let previous, try !deliver(reader, previous, isPrevious: true) { return }
            if wanted.current, try !deliver(reader, moment) { return }
            previous = moment
        }
        if grid?.finish() ?? false, let previous { _ = try deliver(reader, previous) }
    }

    /// Decodes the next picture, and counts what it costs; waiting for its bytes costs nothing.
    private mutating func decode(_ reader: VideoReader) throws(VideoError) -> Double? {
        let before = ThreadTime.now
        let stamp = try reader.skipFrame()
        let cost = ThreadTime.now - before
        spent += cost
        ledger.note { counts in
            counts.decodeTime += cost
            if stamp != nil { counts.decoded += 1 }
        }
        return stamp
    }

    private mutating func due(
        _ media: Double, _ reader: VideoReader, _ now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        // What a pipe's writer wrote while the stream was probed is due already, or all of it would be late for ever.
        let zero = start ?? reader.demuxer.input?.firstBytes ?? now
        start = zero
        return zero + .seconds(media)
    }

    /// Converts the picture decoded last, or the one before, and hands it over when it is due; false when nobody wants it.
    private mutating func deliver(
        _ reader: VideoReader, _ moment: Moment, isPrevious: Bool = false
    ) throws(VideoError) -> Bool {
        let before = ThreadTime.now
        let picture = try isPrevious ? reader.previousFrame() : reader.frame()
        let cost = ThreadTime.now - before
        ledger.note { counts in
            counts.converted += 1
            counts.convertTime += cost
        }
        let frame = Frame(width: picture.width, height: picture.height, pixels: picture.pixels, time: moment.time)
        defer { spent = 0 }
        return pipe.push(ArrivedFrame(frame, arrival: arrival(of: moment), decode: spent))
    }

    /// Waits until a picture is due, and tells when it was there.
    private func arrival(of moment: Moment) -> ContinuousClock.Instant {
        guard let due = moment.due else { return moment.decoded }
        let rest = (due - clock.now()) / .seconds(1)
        if rest > 0 { clock.wait(rest, pipe) }
        // A file's picture was there when it was due; one of a pipe or network may have come late.
        if case .file = source { return due }
        return max(due, moment.decoded)
    }
}

extension LiveSource {
    /// Whether it is made elsewhere while it is read, so that it may break off and come back.
    var isRemote: Bool {
        switch self {
        case .camera, .url: true
        case .file, .pipe, .descriptor: false
        }
    }

    /// Whether somebody writes into it, whenever they like.
    var isPipe: Bool {
        switch self {
        case .pipe, .descriptor: true
        case .file, .camera, .url: false
        }
    }
}

extension VideoError {
    /// Whether another attempt may go better.
    fileprivate var mayPass: Bool {
        switch status {
        case .openFailed, .noVideoStream, .noFrames, .timeout, .truncated, .damaged: true
        default: false
        }
    }
}

/// The processor time of the calling thread.
private enum ThreadTime {
    /// Seconds.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
