import Foundation
import Testing
import Video

@testable import Datasets

@Suite("Settings of training clips")
struct ClipSettingsTests {
    private var valid: TrainingClips {
        TrainingClips(sampling: .dense(stride: 4), crop: .multiScale(scales: [1, 0.8]), resize: .bicubic)
    }

    private static let wrong: [(String, @Sendable (inout TrainingClips) -> Void)] = [
        ("flip", { $0.flip = -0.1 }), ("flip", { $0.flip = .nan }), ("greyscale", { $0.greyscale = 2 }),
        ("blur", { $0.blur = 1.1 }), ("solarize", { $0.solarize = -1 }),
        ("crop", { $0.crop = .multiScale(scales: []) }), ("crop", { $0.crop = .multiScale(scales: [0]) }),
        ("crop", { $0.crop = .randomResized(smallestArea: 0.5, largestArea: 0.4) }),
        ("crop", { $0.crop = .shortSideJitter(smallest: 7, largest: 9) }),
        ("sampling", { $0.sampling = .dense(stride: 0) }),
        ("augmentation", { $0.augmentation = .perFrame(operations: 2, magnitude: 31) }),
        ("augmentation", { $0.augmentation = .perClip(operations: 0, magnitude: 3, deviation: 0) }),
        ("augmentation", { $0.augmentation = .timm("rand-m7-inc0") }),
        ("colorJitter", { $0.colorJitter = ColorJitter(hue: 1.5) }),
        ("randomErasing", { $0.randomErasing = RandomErasing(probability: 2) }),
        (
            "randomErasing",
            {
                $0.randomErasing = RandomErasing(); $0.randomErasing?.largestCount = 0
            }
        ),
        (
            "randomErasing",
            {
                $0.randomErasing = RandomErasing(); $0.randomErasing?.smallestArea = 0.9
            }
        ),
        (
            "randomErasing",
            {
                $0.randomErasing = RandomErasing(); $0.randomErasing?.smallestAspect = 0
            }
        ),
    ]

    @Test("what cannot be is named by its key", arguments: wrong.indices)
    func problems(_ index: Int) {
        var clips = valid
        #expect(clips.problem(imageSize: 8) == nil)
        Self.wrong[index].1(&clips)
        #expect(clips.problem(imageSize: 8)?.key == Self.wrong[index].0)
        #expect(clips.problem(imageSize: 8)?.below("training").key == "training." + Self.wrong[index].0)
    }

    @Test("settings go through JSON, optional ones missing or there")
    func coding() throws {
        var clips = valid
        let plain = try JSONEncoder().encode(clips)
        #expect(try JSONDecoder().decode(TrainingClips.self, from: plain) == clips)
        #expect(!String(decoding: plain, as: UTF8.self).contains("randomErasing"))
        (clips.randomErasing, clips.flipLabels, clips.perFrameColour) = (RandomErasing(), [[1, 2]], true)
        (clips.augmentation, clips.colorJitter, clips.blur) = (.timm("rand-m9-n2"), ColorJitter(), 0.1)
        #expect(try JSONDecoder().decode(TrainingClips.self, from: JSONEncoder().encode(clips)) == clips)
    }

    @Test("bytes are normalised by the formula")
    func normalization() {
        let bytes = (0..<72).map { UInt8(($0 * 53) % 256) }
        let clip = ClipPixels(frames: 2, height: 3, width: 4, storage: .bytes(bytes))
        let rule = PixelNormalization(mean: [0.1, 0.5, 0.9], std: [0.2, 1, 3])
        let floats = clip.normalized(rule)
        for frame in 0..<2 {
            for place in 0..<12 {
                for channel in 0..<3 {
                    let level = Double(bytes[(frame * 12 + place) * 3 + channel])
                    let wanted = (level / 255 - rule.mean[channel]) / rule.std[channel]
                    let found = Double(floats[(frame * 3 + channel) * 12 + place])
                    #expect(abs(found - wanted) < 1e-5)
                }
            }
        }
    }
}
