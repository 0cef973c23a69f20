import CLIP
import Datasets
import Foundation
import Testing
import Video

@testable import Training

extension ClipDecoder {
    fileprivate func load(_ paths: [String], seed: UInt64) throws -> [Frame] {
        try load(paths.map(VideoSource.file), seed: seed)
    }
}

@Suite("Loading batches of clips")
struct ClipDecoderTests {
    private let loader = ClipDecoder(preprocessing: Preprocessing(imageSize: 16), frames: 4)

    private func paths(_ folder: URL) throws -> [String] {
        try CaptionedClips(folder: folder.path, split: "train").clips.map(\.path)
    }

    @Test("clips come in the order of the request, frames in the order of time")
    func order() async throws {
        try await withPuppets { folder in
            let paths = try paths(folder)
            for wanted in [paths, paths.reversed(), [paths[3], paths[0], paths[3]], []] {
                let loaded = try loader.load(wanted, seed: 3)
                for (number, path) in wanted.enumerated() {
                    let file = try VideoFile(path: path)
                    let all = try file.frames(at: Array(0..<file.count)).map(loader.preprocessing.prepared)
                    let places = loaded[4 * number..<4 * number + 4].map { all.firstIndex(of: $0) ?? -1 }
                    #expect(places == places.sorted() && places[0] >= 0)
                }
                #expect(loaded.count == 4 * wanted.count)
                #expect(loaded.allSatisfy { $0.width == 16 && $0.height == 16 })
            }
        }
    }

    @Test("random frames are the seed's, the same at every call")
    func seeds() async throws {
        try await withPuppets { folder in
            let paths = try paths(folder)
            let one = try loader.load(paths, seed: 5)
            for _ in 0..<3 { #expect(try loader.load(paths, seed: 5) == one) }
            #expect(try loader.load(paths, seed: 6) != one)
        }
    }

    @Test("a random frame lies in its part of the clip")
    func parts() async throws {
        try await withPuppets { folder in
            let path = try paths(folder)[0]
            let file = try VideoFile(path: path)
            let all = try file.frames(at: Array(0..<file.count)).map(loader.preprocessing.prepared)
            for seed in 0..<8 as Range<UInt64> {
                for (part, frame) in try loader.load([path], seed: seed).enumerated() {
                    let bounds = part * file.count / 4..<(part + 1) * file.count / 4
                    #expect(all.indices.contains { bounds.contains($0) && all[$0] == frame })
                }
            }
        }
    }

    @Test("the draws of a clip say nothing about those of the next")
    func independence() async throws {
        try await withPuppets { folder in
            let path = try paths(folder)[0]
            let file = try VideoFile(path: path)
            let times = try file.times()
            let loaded = try loader.load(Array(repeating: path, count: 40), seed: 7)
            let places = try loaded.enumerated().map { number, frame in
                try #require(times.firstIndex(of: frame.time)) - number % 4 * file.count / 4
            }
            // One clip's places in parts 1 to 3 against the next clip's in parts 0 to 2.
            let next = places.indices.dropLast(4).filter { $0 % 4 != 3 }
            let equal = next.count { places[$0 + 1] == places[$0 + 4] }
            #expect(Double(equal) / Double(next.count) < 0.3)
        }
    }

    @Test("the first broken clip of a batch is the error")
    func errors() async throws {
        try await withPuppets { folder in
            let paths = try paths(folder)
            let broken = folder.path + "/broken.mp4"
            try Data("no video".utf8).write(to: URL(fileURLWithPath: broken))
            for _ in 0..<4 {
                let error = try #require(throws: VideoError.self) {
                    try loader.load(paths + [broken, folder.path + "/none.mp4"], seed: 1)
                }
                #expect(error.path == broken)
            }
            let error = try #require(throws: VideoError.self) {
                try loader.load([folder.path + "/none.mp4", broken] + paths, seed: 1)
            }
            #expect(error.status == .missingFile)
        }
    }
}
