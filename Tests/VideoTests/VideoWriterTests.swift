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

    @Test(arguments: [VideoWriter.Options.Preset.superfast, .veryfast, .medium])
    func sameFramesGiveSameBytes(_ preset: VideoWriter.Options.Preset) async throws {
        try await TestPictures.inFolder { folder in
            var options = VideoWriter.Options()
            options.preset = preset
            let contents = try (0..<6).map { number in
                // Other allocations in between leave other bytes in the memory that the encoder gets.
                _ = [UInt8](repeating: UInt8(number * 40), count: 1 << 20)
                return try FileManager.default.contents(
                    atPath: TestPictures.video(in: folder, frames: 30, options: options))
            }
            #expect(contents.allSatisfy { $0 == contents[0] })
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
