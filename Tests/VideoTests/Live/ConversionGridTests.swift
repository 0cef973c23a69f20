import Testing

@testable import Video

@Suite("Pictures for a grid of times")
struct ConversionGridTests {
    /// The positions of the pictures that are wanted.
    private func wanted(_ times: [Double], stride: Double, gap: Double? = nil) -> Set<Int> {
        var grid = ConversionGrid(.init(stride: stride, longestGap: gap))
        var positions: Set<Int> = []
        for (position, time) in times.enumerated() {
            let (previous, current) = grid.accept(time)
            if previous { positions.insert(position - 1) }
            if current { positions.insert(position) }
        }
        if grid.finish() { positions.insert(times.count - 1) }
        return positions
    }

    @Test("the first at or after each time, and the one before where it is nearer")
    func byHand() {
        // Grid 0, 0.5, 1, 1.5 …: 0.45 is nearer to 0.5 than 0.6; 1.0 is hit; 1.55 is nearer to 1.5 than 1.3.
        #expect(wanted([0, 0.2, 0.45, 0.6, 0.9, 1.0, 1.3, 1.55], stride: 0.5) == [0, 2, 3, 5, 7])
        // The last picture may be the nearest to a time that no other reaches.
        #expect(wanted([0, 0.2, 0.4], stride: 0.5) == [0, 2])
        #expect(wanted([0, 0.2], stride: 0.5) == [0])
        // Of two that are as near both are wanted, so that whoever looks may choose.
        #expect(wanted([0, 0.375, 0.625, 0.9], stride: 0.5) == [0, 1, 2, 3])
        // Slower pictures than the grid are all wanted.
        #expect(wanted([0, 1.2, 2.4, 3.6], stride: 0.5) == [0, 1, 2, 3])
    }

    @Test("the nearest picture to every time is among them", arguments: 0..<20)
    func nearest(_ seed: Int) {
        var draws = SeededDraws(seed: UInt64(seed))
        var times = [0.0]
        for _ in 0..<200 { times.append((times.last ?? 0) + 0.01 + Double(draws.next() % 1000) / 7000) }
        let stride = 0.15 + Double(seed) / 40
        let chosen = wanted(times, stride: stride)
        let end = times.last ?? 0
        for number in 0...Int(end / stride) {
            let target = Double(number) * stride
            let least = times.map { abs($0 - target) }.min() ?? 0
            #expect(chosen.contains { abs(times[$0] - target) <= least + 1e-6 })
        }
        #expect(chosen.count <= 2 * Int(end / stride) + 3)
    }

    @Test("after a gap the times go on where pictures are, in their phase")
    func gap() {
        // The first after the gap, then those for 4.5 and 5.
        #expect(wanted([0, 0.3, 0.5, 4.3, 4.5, 4.8, 5.1], stride: 0.5, gap: 2) == [0, 2, 3, 4, 6])
        #expect(wanted([0, 0.3, 0.5, 4.5, 4.8, 5.1], stride: 0.5, gap: 2) == [0, 2, 3, 5])
        // The last picture before the gap is the nearest to 1.
        #expect(wanted([0, 0.3, 0.5, 0.9, 4.3], stride: 0.5, gap: 2) == [0, 2, 3, 4])
        #expect(wanted([0, 0.3, 0.5, 4.3, 4.5, 4.8, 5.1], stride: 0.5) == [0, 2, 3, 4, 6])
    }

    @Test("a jump of years takes no time")
    func years() {
        #expect(wanted([0, 1e9, 1e9 + 0.25, 1e9 + 0.5], stride: 0.5) == [0, 1, 3])
    }
}
