import Foundation
import Testing
import Video

@Suite("Writing videos")
struct VideoWriterTests {
    @Test func roundTrip() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 60)
            let file = try VideoFile(path: path)
            #expect(file.count == 60)
            #expect(file.report.status == .ok)
            #expect(file.information.codec == "h264")
            #expect(file.information.averageRate == 25)
            #expect(file.keyFrames.first == 0 && file.keyFrames.count >= 3)
            let frames = try file.frames(at: Array(0..<60))
            for (number, frame) in frames.enumerated() {
                #expect(code(of: frame) == number)
                let original = Grid(TestPictures.numbered(number), trims: true)
                #expect(Grid(frame, trims: true).difference(to: original.cells) < 4)
                #expect(abs(frame.time - Double(number) / 25) < 1e-6)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["v.mp4"])
        }
    }

    @Test func framesCarryTheirTimes() async throws {
        try await TestPictures.inFolder { folder in
            var options = VideoWriter.Options()
            options.timing = .frameTimes
            let writer = try VideoWriter(
                path: "\(folder)/v.mp4", width: 64, height: 64, rate: (30, 1), options: options)
            let times = [3, 3.02, 3.1, 3.5, 4]
            for (number, time) in times.enumerated() { try writer.append(TestPictures.numbered(number, time: time)) }
            let error = #expect(throws: VideoError.self) { try writer.append(TestPictures.numbered(9, time: 4)) }
            #expect(error?.status == .invalidRequest)
            try writer.finish()
            let file = try VideoFile(path: "\(folder)/v.mp4")
            for (found, wanted) in zip(try file.times(), times) { #expect(abs(found - (wanted - 3)) < 1e-4) }
            #expect(try file.frames(at: [0, 1, 2, 3, 4]).map(code(of:)) == [0, 1, 2, 3, 4])
        }
    }

    @Test func sameFramesGiveSameBytes() async throws {
        try await TestPictures.inFolder { folder in
            let first = try TestPictures.video(in: folder, frames: 20, name: "a.mp4")
            let second = try TestPictures.video(in: folder, frames: 20, name: "b.mp4")
            #expect(FileManager.default.contents(atPath: first) == FileManager.default.contents(atPath: second))
        }
    }

    @Test func whatIsRefused() async throws {
        try await TestPictures.inFolder { folder in
            let path = "\(folder)/v.mp4"
            for (width, height, rate) in [(63, 64, 25), (64, 63, 25), (0, 64, 25), (64, 64, 0), (1 << 20, 64, 25)] {
                let error = #expect(throws: VideoError.self) {
                    try VideoWriter(path: path, width: width, height: height, rate: (rate, 1))
                }
                #expect(error?.status == .invalidRequest)
            }
            let missing = #expect(throws: VideoError.self) {
                try VideoWriter(path: "\(folder)/no/v.mp4", width: 64, height: 64, rate: (25, 1))
            }
            #expect(missing?.status == .writeFailed)
            let writer = try VideoWriter(path: path, width: 64, height: 64, rate: (25, 1))
            let size = #expect(throws: VideoError.self) {
                try writer.append(TestPictures.numbered(0, width: 32, height: 32))
            }
            #expect(size?.status == .invalidRequest)
            let empty = #expect(throws: VideoError.self) { try writer.finish() }
            #expect(empty?.status == .invalidRequest)
        }
    }

    @Test func abandonedFilesDisappear() async throws {
        try await TestPictures.inFolder { folder in
            do {
                let writer = try VideoWriter(path: "\(folder)/v.mp4", width: 64, height: 64, rate: (25, 1))
                try writer.append(TestPictures.numbered(1))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
