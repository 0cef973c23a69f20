import Testing

@testable import Video

@Suite("Media time")
struct MediaTimeTests {
    private let start = ContinuousClock.now

    @Test("begins at 0 whatever the time stamps say")
    func zero() {
        var time = MediaTime(.clock)
        #expect([100, 100.5, 101].map { time.time(of: $0, arrival: start) } == [0, 0.5, 1])
    }

    @Test("goes on by the clock after a reconnection")
    func reconnection() {
        var time = MediaTime(.clock)
        _ = time.time(of: 7, arrival: start)
        #expect(time.time(of: 8, arrival: start + .seconds(1)) == 1)
        time.join()
        #expect(time.time(of: 0.5, arrival: start + .seconds(6)) == 6)
        #expect(time.time(of: 0.75, arrival: start + .seconds(6.25)) == 6.25)
    }

    @Test("never goes back, even when the clock is behind the stream")
    func behind() {
        var time = MediaTime(.clock)
        #expect([0, 0.5, 1, 1.5].map { time.time(of: $0, arrival: start) } == [0, 0.5, 1, 1.5])
        time.join()
        #expect(time.time(of: 0, arrival: start + .seconds(1)) == 2)
    }

    @Test("goes on without a gap where a file begins again")
    func loop() {
        var time = MediaTime(.seamless)
        #expect([3, 3.25, 3.5].map { time.time(of: $0, arrival: start) } == [0, 0.25, 0.5])
        time.join()
        #expect([3, 3.25].map { time.time(of: $0, arrival: start + .seconds(60)) } == [0.75, 1])
    }

    @Test("time stamps that jump are placed by the clock, slow ones are not")
    func jump() {
        var time = MediaTime(.clock)
        _ = time.time(of: 0, arrival: start)
        #expect(time.time(of: 95_000, arrival: start + .seconds(2)) == 2)
        #expect(time.time(of: 95_001, arrival: start + .seconds(3)) == 3)
        #expect(time.time(of: 95_001.5, arrival: start + .seconds(60)) == 3.5)
        var film = MediaTime(.seamless)
        #expect([0, 500].map { film.time(of: $0, arrival: start) } == [0, 500])
    }
}

@Suite("Pictures for a grid of times")
struct FrameGridTests {
    /// The positions of the pictures that are wanted.
    private func wanted(_ times: [Double], rate: Double) -> Set<Int> {
        var grid = FrameGrid(rate: rate)
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
        #expect(wanted([0, 0.2, 0.45, 0.6, 0.9, 1.0, 1.3, 1.55], rate: 2) == [0, 2, 3, 5, 7])
        // The last picture may be the nearest to a time that no other reaches.
        #expect(wanted([0, 0.2, 0.4], rate: 2) == [0, 2])
        #expect(wanted([0, 0.2], rate: 2) == [0])
        // Slower pictures than the grid are all wanted.
        #expect(wanted([0, 1.2, 2.4, 3.6], rate: 2) == [0, 1, 2, 3])
    }

    @Test("the nearest picture to every time is among them", arguments: 0..<20)
    func nearest(_ seed: Int) {
        var draws = SeededDraws(seed: UInt64(seed))
        var times = [0.0]
        for _ in 0..<200 { times.append((times.last ?? 0) + 0.01 + Double(draws.next() % 1000) / 7000) }
        let rate = 1.5 + Double(seed) / 4
        let chosen = wanted(times, rate: rate)
        let end = times.last ?? 0
        for number in 0...Int(end * rate) {
            let target = Double(number) / rate
            let least = times.map { abs($0 - target) }.min() ?? 0
            #expect(chosen.contains { abs(times[$0] - target) <= least + 1e-6 })
        }
        #expect(chosen.count <= 2 * Int(end * rate) + 3)
    }
}
