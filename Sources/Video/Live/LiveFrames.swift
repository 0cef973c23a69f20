internal import Foundation

/// The frames of a live source as they come, decoded on a thread of their own.
///
/// What comes faster than it is fetched waits or is dropped by ``LiveSettings/drop``; memory stays constant. Cameras and
/// network streams that break off are connected again, with pauses that double; media times go on by the clock
/// meanwhile. A file, a pipe and a recording on a server end with their last frame. Cancelling the task that iterates,
/// or dropping the iterator, ends the thread. A value is iterated once; to connect anew, make another.
public struct LiveFrames: AsyncSequence, Sendable {
    /// What the sequence delivers.
    public typealias Element = ArrivedFrame
    /// How the sequence fails.
    public typealias Failure = VideoError

    /// Where the frames come from.
    public let source: LiveSource
    /// How the source is read.
    public let settings: LiveSettings
    /// How the source stands, as it changes; the newest 64 changes are kept until they are fetched.
    public let states: AsyncStream<LiveState>

    private let teller: AsyncStream<LiveState>.Continuation
    private let ledger = LiveLedger()
    private let clock: WallClock

    /// Describes a sequence; nothing is opened before the iteration begins.
    ///
    /// - Parameters:
    ///   - source: where the frames come from.
    ///   - settings: how the source is read.
    /// - Throws: `invalidRequest` for settings that cannot be.
    public init(_ source: LiveSource, _ settings: LiveSettings = LiveSettings()) throws(VideoError) {
        try self.init(source, settings, clock: WallClock())
    }

    init(_ source: LiveSource, _ settings: LiveSettings, clock: WallClock) throws(VideoError) {
        try settings.validate()
        (self.source, self.settings, self.clock) = (source, settings, clock)
        (states, teller) = AsyncStream.makeStream(of: LiveState.self, bufferingPolicy: .bufferingNewest(64))
    }

    /// What the source has done so far.
    public var counts: LiveCounts { ledger.counts }

    /// Starts the source's thread.
    ///
    /// - Returns: an iterator in front of the first frame; the second one throws `invalidRequest`.
    public func makeAsyncIterator() -> Iterator {
        let ledger = ledger
        let pipe = FramePipe(
            FrameQueue<ArrivedFrame>(settings.policy) { next, gone in
                next.absorb(gone)
                ledger.note { $0.dropped += 1 }
            })
        guard ledger.begin() else {
            pipe.finish(VideoError(.invalidRequest, path: "\(source)", detail: "its frames can be iterated once"))
            return Iterator(owner: PipeOwner(pipe))
        }
        let player = LivePlayer(source, settings, pipe: pipe, states: teller, ledger: ledger, clock: clock)
        let thread = Thread {
            var player = player
            player.run()
        }
        thread.name = "watch \(source)"
        thread.start()
        return Iterator(owner: PipeOwner(pipe))
    }

    /// Fetches frames one by one.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the sequence delivers.
        public typealias Element = ArrivedFrame
        /// How the sequence fails.
        public typealias Failure = VideoError

        fileprivate let owner: PipeOwner<ArrivedFrame>

        /// Waits for the next frame.
        ///
        /// - Returns: the frame, or nil after the last one.
        /// - Throws: ``VideoError``; `cancelled` when the task is cancelled.
        public mutating func next() async throws(VideoError) -> ArrivedFrame? { try await owner.pipe.next() }
    }
}
