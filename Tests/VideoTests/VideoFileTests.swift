import Foundation
import Synchronization
import Testing
import Video

@Suite("Limits and odd requests")
struct VideoFileTests {
    private let path = FixtureFiles.own.appending(path: "video/h264_gop12_b.mp4").path

    @Test func cancelledRequests() throws {
        let isOff = Mutex(false)
        var options = VideoOptions()
        options.isCancelled = { isOff.withLock { $0 } }
        let file = try VideoFile(path: path, options: options)
        isOff.withLock { $0 = true }
        let error = #expect(throws: VideoError.self) { try file.frames(at: [40]) }
        #expect(error?.status == .cancelled)
        let opening = #expect(throws: VideoError.self) { try VideoFile(path: path, options: options) }
        #expect(opening?.status == .cancelled)
        isOff.withLock { $0 = false }
        #expect(try file.frames(at: [40]).map(code(of:)) == [40])
    }

    @Test func deadlines() {
        let error = #expect(throws: VideoError.self) {
            try VideoFile(path: path, options: VideoOptions(deadline: 0))
        }
        #expect(error?.status == .timeout)
    }

    @Test func pixelLimit() {
        let error = #expect(throws: VideoError.self) {
            try VideoFile(path: path, options: VideoOptions(pixelLimit: 160 * 120 - 1))
        }
        #expect(error?.status == .tooLarge)
    }

    @Test func numbersOutOfRange() throws {
        let file = try VideoFile(path: path)
        for index in [-1, 48, Int.max] {
            let error = #expect(throws: VideoError.self) { try file.frames(at: [0, index]) }
            #expect(error?.status == .invalidRequest)
        }
        #expect(try file.frames(at: []).isEmpty)
    }

    @Test func pathsThatAreNoVideos() async throws {
        try await TestPictures.inFolder { folder in
            func status(_ path: String) -> VideoStatus? {
                #expect(throws: VideoError.self) { try VideoFile(path: path) }?.status
            }
            #expect(status(folder) == .notReadable)
            #expect(status("\(folder)/none.mp4") == .missingFile)
            #expect(status("") == .missingFile)
            #expect(status("/dev/null") == .notReadable)
            try Data("hello, this is plain text\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.txt"))
            #expect(status("\(folder)/a.txt") == .openFailed)
            let list = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"
            try Data(list.utf8).write(to: URL(fileURLWithPath: "\(folder)/list.m3u8"))
            #expect([.openFailed, .noVideoStream, .noFrames].contains(status("\(folder)/list.m3u8")))
        }
    }

    @Test func namesWithSpecialCharacters() async throws {
        try await TestPictures.inFolder { folder in
            for name in ["a:b.mp4", "100% d %05d.mp4", "http:x.mp4", "ü #&!.mp4", "-v.mp4"] {
                let path = "\(folder)/\(name)"
                try FileManager.default.copyItem(atPath: self.path, toPath: path)
                #expect(try VideoFile(path: path).frames(at: [17]).map(code(of:)) == [17])
            }
        }
    }

    @Test func damagedFilesSubstitute() throws {
        let path = FixtureFiles.own.appending(path: "video/corrupt_middle.mp4").path
        let file = try VideoFile(path: path)
        #expect(file.count == 48)
        let frames = try file.frames(at: Array(0..<48))
        #expect(frames.count == 48)
        #expect(file.report.status == .partlyDamaged)
        #expect(file.report.substitutedFrames == 3)
        #expect(code(of: frames[24]) == 24 && code(of: frames[47]) == 47)
        #expect(code(of: frames[23]) == 21, "frames 22 and 23 cannot be decoded")
        let report = try file.verify()
        #expect(file.count == 45)
        #expect(report.decodedFrames == 45 && file.access == .count)
    }

    @Test func everyTruncationIsAValue() async throws {
        let whole = try Data(contentsOf: FixtureFiles.own.appending(path: "video/h264_opengop.mkv"))
        try await TestPictures.inFolder { folder in
            let path = "\(folder)/cut.mkv"
            for length in stride(from: 0, to: whole.count, by: 701) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                do throws(VideoError) {
                    let file = try VideoFile(path: path)
                    let frames = try file.frames(at: Array(0..<file.count))
                    #expect(frames.count <= 48)
                } catch {
                    #expect(
                        [.openFailed, .noFrames, .noVideoStream, .damaged, .unsupportedCodec].contains(error.status))
                }
            }
        }
    }

    @Test(arguments: [
        "h264_gop12_b.mp4", "vp9_odd.webm", "mpeg4_b.avi", "start_offset.ts", "anim.gif", "hevc_10bit.mp4",
    ])
    func randomDamageIsAValue(_ name: String) async throws {
        let whole = try Data(contentsOf: FixtureFiles.own.appending(path: "video/\(name)"))
        var draws = SeededDraws(seed: 11)
        try await TestPictures.inFolder { folder in
            let path = "\(folder)/damaged"
            for _ in 0..<25 {
                var bytes = [UInt8](whole)
                for _ in 0..<draws.integer(in: 1..<40) {
                    bytes[draws.integer(in: 0..<bytes.count)] = UInt8(truncatingIfNeeded: draws.next())
                }
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do throws(VideoError) {
                    let file = try VideoFile(path: path, options: VideoOptions(pixelLimit: 1 << 20))
                    let count = min(file.count, 200)
                    let frames = try file.frames(at: Array(0..<count).shuffled(using: &draws))
                    #expect(frames.count == count)
                    try file.verify()
                } catch {
                    #expect(!error.detail.isEmpty)
                }
            }
        }
    }
}
