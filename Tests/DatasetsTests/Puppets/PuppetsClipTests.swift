import Testing
import Video

@testable import Datasets

@Suite("Clips of Puppets")
struct PuppetsClipTests {
    /// FNV-1a over all bytes.
    private func digest(_ frames: [Frame]) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for frame in frames { for byte in frame.pixels { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        return digest
    }

    @Test(
        "Frames have the same bytes everywhere",
        arguments: [(PuppetsLook.first, 0xE06E_40D1_6A6F_9C84 as UInt64), (.second, 0xB32D_B73B_070B_C2AB)])
    func pinned(_ look: PuppetsLook, _ expected: UInt64) {
        var digests: [UInt64] = []
        for action in Puppets.actions {
            let clip = PuppetsClip(action: action, look: look, seed: 2026)
            digests.append(digest([clip.frame(3), clip.frame(clip.count / 2), clip.frame(clip.count - 1)]))
        }
        let all = digests.reduce(0 as UInt64) { SplitMix64.hash($0, $1) }
        #expect(all == expected, "0x\(String(all, radix: 16)): raise Puppets.version and pin anew if this is meant")
    }

    @Test(arguments: Puppets.actions.filter { $0.isReversed }, PuppetsLook.allCases)
    func partnersAreExactReversals(_ action: PuppetsAction, _ look: PuppetsLook) throws {
        let clip = PuppetsClip(action: action, look: look, seed: UInt64(action.label), size: 32)
        let forward = try #require(clip.reversed)
        #expect(forward.reversed == clip)
        #expect(clip.frames().map(\.pixels) == forward.frames().reversed().map(\.pixels))
        #expect(clip.frame(1).pixels != clip.frame(clip.count - 2).pixels)
    }

    @Test func framesDoNotDependOnOrderOrOneAnother() throws {
        let clip = PuppetsClip(action: try #require(Puppets.action(named: "bowing")), look: .second, seed: 9, size: 32)
        let frames = clip.frames()
        #expect(frames.count == clip.count)
        for index in stride(from: clip.count - 1, through: 0, by: -7) { #expect(clip.frame(index) == frames[index]) }
        #expect(frames[0].width == 32 && frames[0].height == 32)
        #expect(frames[1].time == 1 / Double(clip.attributes.framesPerSecond))
    }

    @Test("What is drawn does not depend on the action", arguments: PuppetsLook.allCases)
    func attributesAreIndependent(_ look: PuppetsLook) {
        for seed in 0..<20 as Range<UInt64> {
            let first = PuppetsClip(action: Puppets.actions[0], look: look, seed: seed)
            for action in Puppets.actions {
                let clip = PuppetsClip(action: action, look: look, seed: seed)
                #expect(clip.attributes == first.attributes)
                #expect(clip.style == first.style)
                #expect(clip.figure == first.figure)
            }
        }
    }

    @Test func attributesOfAPlanAreEvenForEachGroupOfClasses() {
        let plan = PuppetsPlan(train: 4900)
        var shirts: [PuppetsColour: [Int]] = [:]
        let half = Puppets.trainingActions.count / 2
        for index in 0..<plan.train {
            let clip = plan.clip(index, of: .train)
            shirts[clip.attributes.shirt, default: [0, 0]][clip.action.label < half ? 0 : 1] += 1
        }
        // About 306 of each colour in each half; five standard deviations are 82.
        #expect(shirts.count == PuppetsColour.allCases.count)
        for counts in shirts.values { #expect(counts.allSatisfy { (224...388).contains($0) }) }
    }

    @Test func lastsTwoToThreeSeconds() {
        for look in PuppetsLook.allCases {
            for seed in 0..<30 as Range<UInt64> {
                let attributes = PuppetsClip(action: Puppets.actions[0], look: look, seed: seed).attributes
                let seconds = Double(attributes.frames) / Double(attributes.framesPerSecond)
                #expect((2.0...3.0).contains(seconds))
                #expect(look.places.contains(attributes.place))
            }
        }
    }
}
