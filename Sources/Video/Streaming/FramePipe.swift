import Foundation

/// A bounded queue from one decoding thread to one task.
///
/// Sendable although it has state: every access to the state happens while `condition` is locked.
final class FramePipe<Element: Sendable>: @unchecked Sendable {
    typealias Delivery = Result<Element?, VideoError>

    private let condition = NSCondition()
    private var waiting: FrameQueue<Element>
    private var consumer: CheckedContinuation<Delivery, Never>?
    private var end: Delivery?
    private var cancelled = false

    init(_ queue: FrameQueue<Element>) { waiting = queue }

    /// A pipe whose thread waits while so many frames are not fetched yet.
    convenience init(capacity: Int) { self.init(FrameQueue(.block(capacity: capacity))) }

    var isCancelled: Bool { condition.withLock { cancelled } }

    /// Waits so many seconds, less when nobody wants more frames.
    func wait(seconds: Double) {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.withLock {
            while !cancelled, condition.wait(until: limit) {}
        }
    }

    /// Hands a frame over, waiting while the queue is full and waits; false when nobody wants it any more.
    func push(_ frame: Element) -> Bool {
        condition.lock()
        while waiting.mustWait, !cancelled { condition.wait() }
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
        if !cancelled, let frame = waiting.popFirst() {
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
        waiting.removeAll()
        if end == nil { end = .failure(VideoError(.cancelled, detail: "the stream is no longer wanted")) }
        let (consumer, end) = (consumer, end)
        self.consumer = nil
        condition.broadcast()
        condition.unlock()
        if let consumer, let end { consumer.resume(returning: end) }
    }

    /// Waits for the next frame; cancelling the task cancels the pipe.
    func next() async throws(VideoError) -> Element? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { fetch($0) }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }
}

/// Cancels the pipe when the last copy of an iterator is gone.
final class PipeOwner<Element: Sendable>: Sendable {
    let pipe: FramePipe<Element>
    init(_ pipe: FramePipe<Element>) { self.pipe = pipe }
    deinit { pipe.cancel() }
}
