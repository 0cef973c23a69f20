/// The frames that wait between two threads, never more than the policy's capacity.
struct FrameQueue<Element> {
    private let policy: DropPolicy
    private let absorb: @Sendable (inout Element, Element) -> Void
    private var waiting: [Element] = []

    /// - Parameters:
    ///   - policy: what happens when the queue is full.
    ///   - absorb: tells a frame that the given one before it was dropped.
    init(_ policy: DropPolicy, absorb: @escaping @Sendable (inout Element, Element) -> Void = { _, _ in }) {
        (self.policy, self.absorb) = (policy, absorb)
    }

    /// Whether the next frame has no place before another one is taken out.
    var mustWait: Bool {
        if case .block = policy { return waiting.count >= policy.capacity }
        return false
    }

    /// Adds the newest frame; a full queue drops its oldest.
    mutating func append(_ frame: Element) {
        waiting.append(frame)
        guard waiting.count > policy.capacity else { return }
        let dropped = waiting.removeFirst()
        absorb(&waiting[0], dropped)
    }

    /// Takes the oldest frame out.
    mutating func popFirst() -> Element? { waiting.isEmpty ? nil : waiting.removeFirst() }

    mutating func removeAll() { waiting = [] }
}
