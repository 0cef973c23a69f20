import ArgumentParser
import Foundation
import Video

/// Which frames of a file a clip takes.
enum FramePattern: String, CaseIterable, Codable, ExpressibleByArgument {
    case uniform, dense, consecutive

    var title: String {
        switch self {
        case .uniform: "8 spread"
        case .dense: "8, stride 16"
        case .consecutive: "32 in a row"
        }
    }

    /// The frames of a clip; clips of one file begin at different places.
    func indices(clip: Int, of count: Int) -> [Int] {
        switch self {
        case .uniform: (0..<8).map { (2 * $0 + 1) * count / 16 }
        case .dense: (0..<8).map { 37 * clip % (count - 112) + 16 * $0 }
        case .consecutive: (0..<32).map { 53 * clip % (count - 31) + $0 }
        }
    }
}

/// A file that is read.
struct LoaderFile: Hashable {
    static let frames = 300

    let width: Int, height: Int, group: Int

    static let all = [(320, 240), (1280, 720)].flatMap { size in
        [12, 250].map { LoaderFile(width: size.0, height: size.1, group: $0) }
    }

    var title: String { "\(width)x\(height), GOP \(group)" }
    var name: String { "moving-\(width)x\(height)-\(group).mp4" }

    /// Writes all files that are not there yet.
    static func write(to folder: String, _ note: (String) -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (size, files) in Dictionary(grouping: all, by: \.width).sorted(by: { $0.key < $1.key }) {
            let missing = files.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0.name)") }
            guard let first = missing.first else { continue }
            note("writing files \(size) pixels wide")
            let picture = MovingPicture(width: first.width, height: first.height)
            let writers = try missing.map { file in
                var options = VideoWriter.Options()
                (options.groupSize, options.preset) = (file.group, .fast)
                return try VideoWriter(
                    path: "\(folder)/\(file.name)", width: file.width, height: file.height, rate: (30, 1),
                    options: options)
            }
            for number in 0..<frames {
                let frame = picture.frame(number)
                for writer in writers { try writer.append(frame) }
            }
            for writer in writers { try writer.finish() }
        }
    }
}

/// One measurement that a library is asked for: a line of JSON.
struct LoaderJob: Codable {
    let file: String
    /// The frames of each clip.
    let clips: [[Int]]
    let workers: Int
}

/// What a library answers.
struct LoaderAnswer: Codable {
    /// Seconds from the first clip's beginning to the last one's end.
    let wall: Double
    /// Seconds of processor time, user and system.
    let cpu: Double
    /// Frames that were not the ones asked for.
    let wrong: Int
}
