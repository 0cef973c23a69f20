import Foundation
import Testing
import Torch

@Suite("Schedule")
struct ScheduleTests {
    @Test("the warm-up grows linearly from peak / warmup to the peak")
    func warmup() {
        let schedule = Schedule(peak: 0.8, warmup: 4, total: 10, decay: .constant)
        #expect((0..<6).map(schedule.rate(at:)) == [0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8])
    }

    @Test("half a cosine from the peak after the warm-up to the final share at the end", arguments: [0, 0.05])
    func cosine(final: Double) {
        let schedule = Schedule(peak: 2, warmup: 3, total: 13, decay: .cosine(final: final))
        #expect(schedule.rate(at: 3) == 2)
        for step in 3...13 {
            // cos² of half the angle: another form of (1 + cos) / 2.
            let half = pow(cos(Double.pi * Double(step - 3) / 20), 2)
            #expect(abs(schedule.rate(at: step) - 2 * (final + (1 - final) * half)) < 1e-12)
        }
        #expect(abs(schedule.rate(at: 8) - (1 + final)) < 1e-12)
        #expect(schedule.rate(at: 13) == 2 * final)
        #expect(schedule.rate(at: 500) == 2 * final)
        let rates = (2..<14).map(schedule.rate(at:))
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test("milestones multiply from their step on")
    func milestones() {
        let schedule = Schedule(peak: 1, total: 10, decay: .steps(milestones: [3, 6], factor: 0.5))
        #expect((0..<9).map(schedule.rate(at:)) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
    }

    @Test("a run no longer than its warm-up ends at the peak; an empty one is defined")
    func degenerate() {
        let short = Schedule(peak: 1, warmup: 5, total: 5)
        #expect(short.rate(at: 4) == 1 && short.rate(at: 5) == 1)
        #expect(Schedule(peak: 1, total: 0).rate(at: 0) == 1)
    }
}
