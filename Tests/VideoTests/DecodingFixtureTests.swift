import Foundation
import Testing
import Video

/// One `<video>.expected.json` as the fixtures' README describes it.
struct VideoCase: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let expect: String
    var statusOneOf: [String]?
    var nFrames: Int?
    var nFramesTolerance: Int?
    var ptsSeconds: [Double]?
    var ptsTolerance: Double?
    var codec: String?
    var pixFmt: String?
    var headerFrames: Int?
    var codes: [Int]?
    var undamagedCodes: [Int]?
    var sampledIndices: [Int]?
    var gridRgb: [[[[Double]]]]?
    var gridRgbInner: [[[[Double]]]]?
    var displayGridRgb: [[[[Double]]]]?
    var displayGridRgbInner: [[[[Double]]]]?
    var frameSize: [[Int]]?
    var displayFrameSize: [[Int]]?
    var displayRotationCounterclockwise: Int?
    var tolerance: Double?
    var toleranceInner: Double?
    var pixelLimitOfTheTest: Int?
    var keyFrames: [Int]?

    var path = ""
    var testDescription: String { file }

    private enum CodingKeys: String, CodingKey {
        case file, expect, statusOneOf, nFrames, nFramesTolerance, ptsSeconds, ptsTolerance, codec, pixFmt
        case headerFrames, codes, undamagedCodes, sampledIndices, gridRgb, gridRgbInner, displayGridRgb
        case displayGridRgbInner, frameSize, displayFrameSize, displayRotationCounterclockwise, tolerance
        case toleranceInner, pixelLimitOfTheTest, keyFrames
    }

    static let all: [VideoCase] = FixtureFiles.files { $0.lastPathComponent.hasSuffix(".expected.json") }
        .compactMap { url in
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            guard let data = try? Data(contentsOf: url), var found = try? decoder.decode(VideoCase.self, from: data)
            else { return nil }
            found.path = url.deletingLastPathComponent().appending(path: found.file).path
            return found
        }
    static let readable = all.filter { $0.expect == "frames" }
    static let hostile = all.filter { $0.expect != "frames" }

    var options: VideoOptions { VideoOptions(pixelLimit: pixelLimitOfTheTest ?? 64 << 20) }

    /// The codes worth comparing: all, or those of undamaged pictures.
    func isComparable(_ code: Int) -> Bool { undamagedCodes?.contains(code) ?? true }
    var isDamaged: Bool { undamagedCodes != nil || statusOneOf?.contains("truncated") == true }
}

/// The means of a 4x4 grid over a picture.
struct Grid {
    let cells: [[[Double]]]

    /// Measures a frame; `trims` leaves out a quarter of each cell on every side.
    init(_ frame: Frame, trims: Bool) {
        cells = (0..<4).map { row in
            (0..<4).map { column in
                var (top, bottom) = (row * frame.height / 4, (row + 1) * frame.height / 4)
                var (left, right) = (column * frame.width / 4, (column + 1) * frame.width / 4)
                if trims {
                    let (dy, dx) = ((bottom - top) / 4, (right - left) / 4)
                    (top, bottom, left, right) = (top + dy, bottom - dy, left + dx, right - dx)
                }
                return Self.mean(frame, top..<bottom, left..<right)
            }
        }
    }

    private static func mean(_ frame: Frame, _ rows: Range<Int>, _ columns: Range<Int>) -> [Double] {
        var sums = [0, 0, 0]
        frame.pixels.withUnsafeBufferPointer { pixels in
            for row in rows {
                for column in columns {
                    let place = (row * frame.width + column) * 3
                    for channel in 0..<3 { sums[channel] += Int(pixels[place + channel]) }
                }
            }
        }
        return sums.map { Double($0) / Double(rows.count * columns.count) }
    }

    /// The number written in the two upper rows, white cells being ones.
    var code: Int {
        (0..<8).reduce(0) { code, bit in
            code | (cells[bit / 4][bit % 4].reduce(0, +) / 3 > 127.5 ? 1 << bit : 0)
        }
    }

    func difference(to other: [[[Double]]]) -> Double {
        var worst = 0.0
        for (row, otherRow) in zip(cells, other) {
            for (cell, otherCell) in zip(row, otherRow) {
                for (a, b) in zip(cell, otherCell) { worst = max(worst, abs(a - b)) }
            }
        }
        return worst
    }
}

/// The code of a picture whose display orientation may differ from the coded one: read from the picture as coded.
func code(of frame: Frame) -> Int { Grid(frame, trims: true).code }

@Suite("Videos against the reference")
struct DecodingFixtureTests {
    private func asCoded(_ video: VideoCase, threads: Int = 1) -> VideoOptions {
        var options = video.options
        options.rotation = .ignore
        options.threadCount = threads
        return options
    }

    @Test("cases are found") func casesAreFound() {
        #expect(VideoCase.readable.count >= 20)
        #expect(VideoCase.hostile.count >= 6)
    }

    @Test(arguments: VideoCase.readable, [1, 2])
    func fromFirstToLast(_ video: VideoCase, threads: Int) throws {
        let reader = try VideoReader(path: video.path, options: asCoded(video, threads: threads))
        var (codes, times): ([Int], [Double]) = ([], [])
        while let frame = try reader.nextFrame() {
            codes.append(code(of: frame))
            times.append(frame.time)
        }
        let count = try #require(video.nFrames)
        #expect(abs(codes.count - count) <= video.nFramesTolerance ?? 0)
        #expect(video.statusOneOf?.contains(reader.report.status.rawValue) == true, "\(reader.report)")
        if let codec = video.codec { #expect(reader.information.codec == codec) }
        if let format = video.pixFmt { #expect(reader.information.pixelFormat == format) }
        if let frames = video.headerFrames { #expect(reader.information.headerFrameCount == frames) }
        let expected = try #require(video.codes)
        if video.undamagedCodes == nil {
            #expect(codes == expected)
        } else {
            #expect(codes.filter(video.isComparable) == expected.filter(video.isComparable))
        }
        if codes.count == count, let stated = video.ptsSeconds {
            for (time, wanted) in zip(times, stated) { #expect(abs(time - wanted) <= video.ptsTolerance ?? 0.002) }
        }
    }

    @Test(arguments: VideoCase.readable, [1, 2])
    func everyFrameInRandomOrder(_ video: VideoCase, threads: Int) throws {
        let file = try VideoFile(path: video.path, options: asCoded(video, threads: threads))
        if video.isDamaged { try file.verify() }
        let codes = try #require(video.codes)
        #expect(abs(file.count - codes.count) <= video.nFramesTolerance ?? 0)
        var draws = SeededDraws(seed: 20)
        for index in (0..<min(file.count, codes.count)).shuffled(using: &draws) {
            let frame = try #require(try file.frames(at: [index]).first)
            if video.isComparable(codes[index]) { #expect(code(of: frame) == codes[index], "frame \(index)") }
        }
        #expect(video.statusOneOf?.contains(file.report.status.rawValue) == true, "\(file.report)")
    }

    @Test(arguments: VideoCase.readable)
    func sparseRequestsOfAllKinds(_ video: VideoCase) throws {
        let file = try VideoFile(path: video.path, options: asCoded(video))
        if video.isDamaged { try file.verify() }
        let codes = try #require(video.codes)
        var draws = SeededDraws(seed: 4)
        for _ in 0..<12 {
            let wanted = (0..<draws.integer(in: 1..<9)).map { _ in draws.integer(in: 0..<min(file.count, codes.count)) }
            let frames = try file.frames(at: wanted)
            #expect(frames.count == wanted.count)
            for (index, frame) in zip(wanted, frames) where video.isComparable(codes[index]) {
                #expect(code(of: frame) == codes[index], "frame \(index) of \(wanted)")
            }
        }
        #expect(file.report.substitutedFrames == 0)
    }

    @Test(arguments: VideoCase.readable)
    func colours(_ video: VideoCase) throws {
        let file = try VideoFile(path: video.path, options: asCoded(video))
        if video.isDamaged { try file.verify() }
        let indices = try #require(video.sampledIndices)
        let codes = try #require(video.codes)
        let frames = try file.frames(at: indices)
        for (place, frame) in frames.enumerated() where video.isComparable(codes[indices[place]]) {
            if let size = video.frameSize?[place], video.statusOneOf?.contains("size_changed") != true {
                #expect(frame.size == PixelSize(width: size[0], height: size[1]))
            }
            if let grid = video.gridRgb?[place], video.frameSize?[place] == [frame.width, frame.height] {
                #expect(Grid(frame, trims: false).difference(to: grid) <= video.tolerance ?? 1)
            }
            if let grid = video.gridRgbInner?[place], video.frameSize?[place] == [frame.width, frame.height] {
                #expect(Grid(frame, trims: true).difference(to: grid) <= video.toleranceInner ?? 1)
            }
        }
    }

    @Test(arguments: VideoCase.readable.filter { $0.displayRotationCounterclockwise != nil })
    func upright(_ video: VideoCase) throws {
        let file = try VideoFile(path: video.path)
        #expect(file.information.rotation == video.displayRotationCounterclockwise)
        let frames = try file.frames(at: try #require(video.sampledIndices))
        for (place, frame) in frames.enumerated() {
            #expect(video.displayFrameSize?[place] == [frame.width, frame.height])
            #expect(PixelSize(width: file.information.width, height: file.information.height) == frame.size)
            let grid = try #require(video.displayGridRgb?[place])
            let inner = try #require(video.displayGridRgbInner?[place])
            #expect(Grid(frame, trims: false).difference(to: grid) <= video.tolerance ?? 1)
            #expect(Grid(frame, trims: true).difference(to: inner) <= video.toleranceInner ?? 1)
        }
    }

    @Test(arguments: VideoCase.readable.filter { $0.statusOneOf == ["ok"] })
    func timesAndKeysWithoutDecoding(_ video: VideoCase) throws {
        let file = try VideoFile(path: video.path)
        let times = try file.times()
        let wanted = try #require(video.ptsSeconds)
        #expect(times.count == wanted.count)
        for (time, wanted) in zip(times, wanted) { #expect(abs(time - wanted) <= video.ptsTolerance ?? 0.002) }
        if let keys = video.keyFrames { #expect(file.keyFrames == keys) }
    }

    @Test(arguments: VideoCase.hostile)
    func hostileFilesGiveTheirStatus(_ video: VideoCase) throws {
        let wanted = VideoStatus(rawValue: video.expect)
        let error = #expect(throws: VideoError.self) {
            let file = try VideoFile(path: video.path, options: video.options)
            _ = try file.frames(at: [0])
        }
        #expect(error?.status == wanted)
        #expect(error?.path == video.path)
        let second = #expect(throws: VideoError.self) {
            let reader = try VideoReader(path: video.path, options: video.options)
            while try reader.nextFrame() != nil {}
        }
        #expect(second?.status == wanted)
    }
}
