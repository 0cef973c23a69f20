import Synchronization
import Video

/// A live source's frames, counted as they are fetched.
struct CountedFrames: AsyncSequence, Sendable {
    typealias Element = ArrivedFrame
    typealias Failure = VideoError

    final class Counter: Sendable {
        let number = Atomic(0)
    }

    let live: LiveFrames
    private let counter = Counter()

    init(live: LiveFrames) { self.live = live }

    /// The number of frames that were fetched.
    var delivered: Int { counter.number.load(ordering: .relaxed) }

    func makeAsyncIterator() -> Iterator { Iterator(frames: live.makeAsyncIterator(), counter: counter) }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = ArrivedFrame
        typealias Failure = VideoError

        fileprivate var frames: LiveFrames.Iterator
        fileprivate let counter: Counter

        mutating func next() async throws(VideoError) -> ArrivedFrame? {
            let next = try await frames.next()
            if next != nil { counter.number.add(1, ordering: .relaxed) }
            return next
        }
    }
}
