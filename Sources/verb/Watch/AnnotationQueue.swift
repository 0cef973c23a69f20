import Recognition
import Video

/// The frames that wait to be drawn on, each with what was known when it came.
actor AnnotationQueue {
    /// What happens to a frame that finds the queue full.
    enum Overflow: Sendable {
        case wait, drop
    }

    struct Item: Sendable {
        let frame: Frame
        let overlay: Overlay
    }

    /// How many frames were dropped.
    private(set) var dropped = 0

    private let capacity: Int
    private let overflow: Overflow
    private var overlay = Overlay()
    private var items: [Item] = []
    private var isOpen = true
    private var writer: CheckedContinuation<Item?, Never>?
    private var source: CheckedContinuation<Void, Never>?

    init(capacity: Int = 8, _ overflow: Overflow) { (self.capacity, self.overflow) = (max(capacity, 1), overflow) }

    /// Takes what is to be drawn on the frames that come next.
    func take(_ event: StreamEvent) { overlay.take(event) }

    /// Takes a frame from the one task that has them; a full queue keeps it waiting, or drops the frame.
    func append(_ frame: Frame) async {
        while isOpen, items.count >= capacity {
            guard overflow == .wait else {
                dropped += 1
                return
            }
            await withCheckedContinuation { source = $0 }
        }
        guard isOpen else { return }
        let item = Item(frame: frame, overlay: overlay)
        if let writer {
            self.writer = nil
            writer.resume(returning: item)
        } else {
            items.append(item)
        }
    }

    /// The frame that waits longest, for the one task that writes; nil after the last one.
    func next() async -> Item? {
        guard items.isEmpty else {
            defer { resumeSource() }
            return items.removeFirst()
        }
        guard isOpen else { return nil }
        return await withCheckedContinuation { writer = $0 }
    }

    /// No more frames are taken; those that wait are still there.
    func close() {
        isOpen = false
        writer?.resume(returning: nil)
        writer = nil
        resumeSource()
    }

    /// Nobody wants the frames any more.
    func abandon() {
        close()
        items = []
    }

    private func resumeSource() {
        source?.resume()
        source = nil
    }
}
