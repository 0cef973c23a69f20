import Foundation
import Video

/// Pictures that tests make themselves.
enum TestPictures {
    static func noise(width: Int, height: Int, seed: UInt64) -> Frame {
        var draws = SeededDraws(seed: seed)
        let pixels = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
        return Frame(width: width, height: height, pixels: pixels)
    }

    /// A picture whose grid cells carry a number, readable after compression.
    static func numbered(_ number: Int, width: Int = 64, height: Int = 64, time: Double = 0) -> Frame {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for row in 0..<height {
            for column in 0..<width {
                let cell = row * 4 / height * 4 + column * 4 / width
                let colour: (UInt8, UInt8, UInt8) =
                    cell < 8
                    ? (number >> cell & 1 == 1 ? (220, 220, 220) : (30, 30, 30))
                    : [(200, 60, 60), (60, 200, 60), (60, 60, 200), (128, 128, 128)][cell % 4]
                let place = (row * width + column) * 3
                (pixels[place], pixels[place + 1], pixels[place + 2]) = colour
            }
        }
        return Frame(width: width, height: height, pixels: pixels, time: time)
    }

    /// Runs a body with the path of a new folder that is removed afterwards.
    static func inFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-video-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    /// Writes numbered frames as a video and returns its path.
    static func video(
        in folder: String, frames: Int, rate: Int = 25, options: VideoWriter.Options = .init(), name: String = "v.mp4"
    ) throws -> String {
        let path = "\(folder)/\(name)"
        let writer = try VideoWriter(path: path, width: 64, height: 64, rate: (rate, 1), options: options)
        for number in 0..<frames { try writer.append(numbered(number)) }
        try writer.finish()
        return path
    }
}
