import Foundation
import Testing

@testable import Datasets

@Suite("The random numbers and the arithmetic of Puppets")
struct SplitMix64Tests {
    @Test func publishedSequence() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
        #expect(random.next() == 0x06C4_5D18_8009_454F)
    }

    @Test func streamsDiffer() {
        let firsts = (0..<100 as Range<UInt64>).map { stream in
            var random = SplitMix64(seed: 7, stream: stream)
            return random.next()
        }
        #expect(Set(firsts).count == 100)
    }

    @Test func rangesAreKeptAndFilled() {
        var random = SplitMix64(seed: 3)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
        #expect((0..<1000).allSatisfy { _ in (2.0..<3.0).contains(random.uniform(2, 3)) })
    }

    @Test func sineAgreesWithTheLibrary() {
        for degrees in stride(from: -1000.0, through: 1000, by: 0.37) {
            let angle = degrees * Double.pi / 180
            #expect(abs(sine(degrees) - sin(angle)) < 1e-7)
            #expect(abs(cosine(degrees) - cos(angle)) < 1e-7)
        }
    }
}
