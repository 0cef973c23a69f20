import Foundation

/// A bounded queue from one decoding thread to one task.
///
/// Sendable although it has state: every access to the state happens while `condition` is locked.
final class FramePipe: @unchecked Sendable {
    typealias Delivery = Result<Frame?, VideoError>

    private let condition = NSCondition()
    private let capacity: Int
    private var waiting: [Frame] = []
    private var consumer: CheckedContinuation<Delivery, Never>?
    private var end: Delivery?
    private var cancelled = false

    init(capacity: Int) { self.capacity = capacity }

    var isCancelled: Bool { condition.withLock { cancelled } }

    /// Hands a frame over, waiting while the queue is full; false when nobody wants it any more.
    func push(_ frame: Frame) -> Bool {
        condition.lock()
        while waiting.count >= capacity, !cancelled { condition.wait() }
        guard !cancelled else {
            condition.unlock()
            return false
        }
        if let consumer {
            self.consumer = nil
            condition.unlock()
            consumer.resume(returning: .success(frame))
        } else {
            waiting.append(frame)
            condition.unlock()
        }
        return true
    }

    /// Says that no more frames come.
    func finish(_ error: VideoError?) {
        condition.lock()
        let last: Delivery = error.map { .failure($0) } ?? .success(nil)
        if end == nil { end = last }
        let consumer = consumer
        self.consumer = nil
        condition.unlock()
        consumer?.resume(returning: last)
    }

    /// Answers a request at once or when the next frame is there.
    func fetch(_ continuation: CheckedContinuation<Delivery, Never>) {
        condition.lock()
        if !waiting.isEmpty, !cancelled {
            let frame = waiting.removeFirst()
            condition.signal()
            condition.unlock()
            continuation.resume(returning: .success(frame))
        } else if let end {
            condition.unlock()
            continuation.resume(returning: end)
        } else {
            consumer = continuation
            condition.unlock()
        }
    }

    /// Ends the stream from the consumer's side; frames that wait are dropped.
    func cancel() {
        condition.lock()
        cancelled = true
        waiting = []
        if end == nil { end = .failure(VideoError(.cancelled, detail: "the stream is no longer wanted")) }
        let (consumer, end) = (consumer, end)
        self.consumer = nil
        condition.broadcast()
        condition.unlock()
        if let consumer, let end { consumer.resume(returning: end) }
    }
}
