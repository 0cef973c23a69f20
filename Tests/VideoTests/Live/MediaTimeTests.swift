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

    @Test("a stream that breaks off right after it came back is placed by the clock again")
    func flapping() {
        var time = MediaTime(.clock)
        #expect([0, 0.25].map { time.time(of: $0, arrival: start + .seconds($0)) } == [0, 0.25])
        time.join()
        #expect(time.time(of: 0, arrival: start + .seconds(60)) == 60)
        time.join()
        #expect(time.time(of: 0, arrival: start + .seconds(60.1)) == 60.25)
        // A jump is no step either.
        #expect(time.time(of: 0.25, arrival: start + .seconds(60.5)) == 60.5)
        #expect(time.time(of: 5000, arrival: start + .seconds(90)) == 90)
        time.join()
        #expect(time.time(of: 0, arrival: start + .seconds(90)) == 90.25)
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
