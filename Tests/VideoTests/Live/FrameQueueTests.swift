import Testing

@testable import Video

@Suite("Frames that wait")
struct FrameQueueTests {
    private struct Item: Equatable {
        let number: Int
        var dropped = 0
    }

    private func queue(_ policy: DropPolicy) -> FrameQueue<Item> {
        FrameQueue(policy) { $0.dropped += $1.dropped + 1 }
    }

    private func contents(_ queue: FrameQueue<Item>) -> [Item] {
        var (queue, items) = (queue, [Item]())
        while let item = queue.popFirst() { items.append(item) }
        return items
    }

    @Test("the oldest are dropped, and the next one tells")
    func oldest() {
        var queue = queue(.dropOldest(capacity: 3))
        for number in 0..<5 {
            #expect(!queue.mustWait)
            queue.append(Item(number: number))
        }
        #expect(contents(queue) == [Item(number: 2, dropped: 2), Item(number: 3), Item(number: 4)])
        #expect(queue.popFirst() == Item(number: 2, dropped: 2))
        queue.append(Item(number: 5))
        queue.append(Item(number: 6))
        #expect(contents(queue) == [Item(number: 4, dropped: 1), Item(number: 5), Item(number: 6)])
    }

    @Test("only the newest waits")
    func latest() {
        var queue = queue(.latest)
        for number in 0..<4 { queue.append(Item(number: number)) }
        #expect(contents(queue) == [Item(number: 3, dropped: 3)])
    }

    @Test("a queue that blocks says when it is full")
    func block() {
        var queue = queue(.block(capacity: 2))
        queue.append(Item(number: 0))
        #expect(!queue.mustWait)
        queue.append(Item(number: 1))
        #expect(queue.mustWait)
        #expect(queue.popFirst()?.number == 0)
        #expect(!queue.mustWait)
        #expect(contents(queue) == [Item(number: 1)])
    }
}
