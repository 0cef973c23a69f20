import Datasets
import Foundation
import Testing

@Suite("Few shots, base and novel classes, trials")
struct FewShotTests {
    private func samples(_ labels: [Int]) -> [VideoSample] {
        labels.enumerated().map { VideoSample(source: .file("\($0)"), labels: $1 < 0 ? [] : [$1]) }
    }

    @Test("exactly K of each class, the same for a seed, fewer within more")
    func draw() throws {
        let samples = samples((0..<200).map { $0 % 7 == 6 ? -1 : $0 % 7 })
        var last: Set<Int> = []
        for shots in [1, 2, 4, 8, 16] {
            let drawn = try FewShot(shots: shots, seed: 5).positions(in: samples)
            #expect(drawn == drawn.sorted() && Set(drawn).count == drawn.count)
            let counts = Dictionary(drawn.map { (samples[$0].labels[0], 1) }, uniquingKeysWith: +)
            #expect(counts == Dictionary(uniqueKeysWithValues: (0..<6).map { ($0, shots) }))
            #expect(last.isSubset(of: drawn))
            last = Set(drawn)
            #expect(try FewShot(shots: shots, seed: 5).positions(in: samples) == drawn)
        }
        #expect(try FewShot(shots: 16, seed: 6).positions(in: samples) != last.sorted())
        let one = try FewShot(shots: 4, seed: 5).positions(in: samples, classes: [3])
        let all = try FewShot(shots: 4, seed: 5).positions(in: samples)
        #expect(one == all.filter { samples[$0].labels == [3] })
    }

    @Test("every video of a class is drawn by some seed, about as often")
    func fair() throws {
        let samples = samples(Array(repeating: 0, count: 10))
        var counts = [Int](repeating: 0, count: 10)
        for seed in 0..<1000 {
            for position in try FewShot(shots: 3, seed: UInt64(seed)).positions(in: samples) { counts[position] += 1 }
        }
        // 300 expected, standard deviation 14.5.
        #expect(counts.allSatisfy { (230...370).contains($0) }, "\(counts)")
    }

    @Test("classes with fewer are all named")
    func tooFew() throws {
        let samples = samples([0, 0, 1, 2, 2, 2])
        let error = try #require(throws: DatasetError.self) {
            try FewShot(shots: 3, seed: 1).positions(in: samples, classes: [0, 1, 2, 5])
        }
        #expect(
            error.description
                == "3 classes have fewer than 3 videos: class 0 has 2, class 1 has 1, class 5 has 0; draw fewer")
        #expect(throws: DatasetError.self) { try FewShot(shots: 0, seed: 1).positions(in: samples) }
        let several = [VideoSample(source: .file("a"), labels: [0, 1])]
        #expect(throws: DatasetError.self) { try FewShot(shots: 1, seed: 1).positions(in: several) }
    }

    @Test("base is the more frequent half, the later one where all are as frequent")
    func baseToNovel() {
        let hmdb51 = BaseToNovel(counts: Array(repeating: 70, count: 51))
        #expect(hmdb51.base == Array(25..<51) && hmdb51.novel == Array(0..<25))
        let mixed = BaseToNovel(counts: [5, 9, 7, 7, 1])
        #expect(mixed.base == [1, 2, 3] && mixed.novel == [0, 4])
        let even = BaseToNovel(counts: [3, 3, 3, 8])
        #expect(even.base == [2, 3] && even.novel == [0, 1])
        #expect(BaseToNovel.harmonicMean(base: 0.8, novel: 0.4) == 2 * 0.8 * 0.4 / (0.8 + 0.4))
        #expect(BaseToNovel.harmonicMean(base: 0, novel: 0) == 0)
    }

    @Test("halves of a list need its classes")
    func baseOfList() throws {
        try withFiles(["list.txt": "a 0\nb 2\nc 2\nd 1\n"]) { folder throws in
            var options = ListOptions()
            #expect(throws: DatasetError.self) {
                try BaseToNovel(VideoList(reading: folder + "/list.txt", options))
            }
            options.classCount = 4
            let halves = try BaseToNovel(VideoList(reading: folder + "/list.txt", options))
            #expect(halves.base == [1, 2] && halves.novel == [0, 3])
        }
    }
}
