import Foundation
import Testing
import Video

@Suite("Images and folders of images")
struct ImageTests {
    struct FolderCase: Decodable, Sendable, CustomTestStringConvertible {
        let folder: String, template: String
        let first_index: Int
        let present: [Int]
        let grid_rgb_inner: [[[[Double]]]]
        let tolerance_inner: Double
        var path = ""
        var testDescription: String { folder }

        private enum CodingKeys: String, CodingKey {
            case folder, template, first_index, present, grid_rgb_inner, tolerance_inner
        }

        static let all: [FolderCase] = FixtureFiles.files { $0.lastPathComponent.hasSuffix(".expected.json") }
            .compactMap { file in
                guard var found = try? FixtureFiles.decode(FolderCase.self, from: file) else { return nil }
                found.path = file.deletingLastPathComponent().appending(path: found.folder).path
                return found
            }
    }

    @Test(arguments: FolderCase.all)
    func recordedFolder(_ recorded: FolderCase) throws {
        let folder = try ImageFolder(
            path: recorded.path, template: ImageTemplate(recorded.template), firstIndex: recorded.first_index)
        #expect(folder.count == recorded.present.count)
        for (frame, grid) in zip(try folder.frames(at: Array(0..<folder.count)), recorded.grid_rgb_inner) {
            #expect(Grid(frame, trims: true).difference(to: grid) <= recorded.tolerance_inner)
        }
        #expect(folder.report.status == .ok)
    }

    @Test func jpegsKeepTheirPicture() async throws {
        try await TestPictures.inFolder { path in
            let colours: [[UInt8]] = [
                [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [120, 60, 200],
            ]
            let pixels = (0..<33 * 48).flatMap { colours[$0 % 48 / 8] }
            let frame = Frame(width: 48, height: 33, pixels: pixels)
            let bytes = try frame.jpegBytes(quantizer: 2)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/x.jpg"))
            let back = try Frame(imageAt: "\(path)/x.jpg")
            #expect(back.size == frame.size)
            let worst = zip(back.pixels, pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
            #expect(worst <= 8, "\(worst) levels")
            #expect(try frame.jpegBytes(quantizer: 2) == bytes)
            let textured = Frame(width: 48, height: 33, pixels: (0..<33 * 144).map { UInt8($0 * $0 % 251) })
            let (fine, coarse) = (try textured.jpegBytes(quantizer: 2), try textured.jpegBytes(quantizer: 31))
            #expect(coarse.count < fine.count / 2)
        }
    }

    @Test func missingNumbersAreSubstituted() async throws {
        try await TestPictures.inFolder { path in
            for number in [0, 1, 4, 5] {
                try TestPictures.numbered(number).writePNG(to: "\(path)/frame\(number).png")
            }
            try Data().write(to: URL(fileURLWithPath: "\(path)/frame07.png"))
            try Data().write(to: URL(fileURLWithPath: "\(path)/notes.txt"))
            let folder = try ImageFolder(path: path, template: ImageTemplate("frame{:d}.png"), firstIndex: 0)
            #expect(folder.count == 6)
            #expect(folder.missing == [2, 3])
            #expect(try folder.frames(at: [5, 3, 2, 3, 0]).map(code(of:)) == [5, 1, 1, 1, 0])
            #expect(folder.report.substitutedFrames == 2)
            let stated = try ImageFolder(
                path: path, template: ImageTemplate("frame%d.png"), firstIndex: 0, count: 9)
            #expect(stated.count == 9 && stated.report.status == .short)
            #expect(try stated.frames(at: [8]).map(code(of:)) == [5])
            let error = #expect(throws: VideoError.self) { try stated.frames(at: [9]) }
            #expect(error?.status == .invalidRequest)
            let empty = #expect(throws: VideoError.self) {
                try ImageFolder(path: path, template: ImageTemplate("img_%05d.jpg"))
            }
            #expect(empty?.status == .noFrames)
            let none = #expect(throws: VideoError.self) {
                try ImageFolder(path: path + "x", template: ImageTemplate("img_%05d.jpg"))
            }
            #expect(none?.status == .missingFile)
        }
        #expect(throws: VideoError.self) { try ImageTemplate("frame.png") }
    }

    @Test func damagedImagesAreSubstituted() async throws {
        try await TestPictures.inFolder { path in
            for number in 1...5 { try TestPictures.numbered(number).writePNG(to: "\(path)/\(number).png") }
            let template = try ImageTemplate("%d.png")
            for number in [1, 4] { try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(path)/\(number).png")) }
            let folder = try ImageFolder(path: path, template: template)
            #expect(try folder.frames(at: [0, 3, 4, 3]).map(code(of:)) == [2, 3, 5, 3])
            #expect(folder.report.status == .partlyDamaged && folder.report.failedPackets == 2)
            #expect(folder.report.substitutedFrames == 2 && folder.report.firstBadTime == 0)
            // A damaged image is tried once.
            #expect(try folder.frames(at: [3]).map(code(of:)) == [3])
            #expect(folder.report.failedPackets == 2)
            let verified = try ImageFolder(path: path, template: template, count: 6)
            let report = try verified.verify()
            #expect(report.decodedFrames == 3 && report.failedPackets == 2 && report.substitutedFrames == 3)
            #expect(report.statuses == [.partlyDamaged, .short] && verified.size == PixelSize(width: 64, height: 64))
            try Data().write(to: URL(fileURLWithPath: "\(path)/2.png"))
            let damaged = #expect(throws: VideoError.self) { try ImageFolder(path: path, template: template).verify() }
            #expect(damaged?.status == .damaged)
            for number in [3, 5] { try Data().write(to: URL(fileURLWithPath: "\(path)/\(number).png")) }
            for body in [{ _ = try $0.verify() }, { _ = try $0.frames(at: [2]) }] as [(ImageFolder) throws -> Void] {
                let hopeless = #expect(throws: VideoError.self) {
                    try body(ImageFolder(path: path, template: template))
                }
                #expect(hopeless?.path.hasSuffix(".png") == true)
            }
        }
    }

    @Test func verifyingGivesUpAfterTheDeadline() async throws {
        try await TestPictures.inFolder { path in
            try TestPictures.numbered(1).writePNG(to: "\(path)/1.png")
            let folder = try ImageFolder(
                path: path, template: ImageTemplate("%d.png"), options: VideoOptions(deadline: 0))
            let error = #expect(throws: VideoError.self) { try folder.verify() }
            #expect(error?.status == .timeout)
        }
    }

    @Test func otherSizesAreResized() async throws {
        try await TestPictures.inFolder { path in
            try TestPictures.numbered(1).writePNG(to: "\(path)/1.png")
            try TestPictures.numbered(2, width: 40, height: 48).writePNG(to: "\(path)/2.png")
            let folder = try ImageFolder(path: path, template: ImageTemplate("%d.png"))
            let frames = try folder.frames(at: [1, 0])
            #expect(frames.map(\.width) == [64, 64])
            #expect(frames.map(code(of:)) == [2, 1])
            #expect(folder.report.status == .sizeChanged)
        }
    }

    @Test func portableNetworkGraphicsKeepEveryPixel() async throws {
        try await TestPictures.inFolder { folder in
            for (width, height) in [(1, 1), (7, 5), (64, 33)] {
                let frame = TestPictures.noise(width: width, height: height, seed: 5)
                try frame.writePNG(to: "\(folder)/a.png")
                #expect(try Frame(imageAt: "\(folder)/a.png") == frame)
            }
            let error = #expect(throws: VideoError.self) {
                try TestPictures.numbered(0).writePNG(to: "\(folder)/none/a.png")
            }
            #expect(error?.status == .writeFailed)
        }
    }

    @Test func contactSheet() throws {
        let frames = (0..<5).map { TestPictures.numbered($0) }
        let sheet = try ContactSheet.tile(frames, columns: 3, gap: 4)
        #expect(sheet.size == PixelSize(width: 3 * 68 + 4, height: 2 * 68 + 4))
        for (number, frame) in frames.enumerated() {
            let box = PixelBox(left: 4 + number % 3 * 68, top: 4 + number / 3 * 68, width: 64, height: 64)
            #expect(sheet.cropped(to: box) == frame)
        }
        #expect(throws: VideoError.self) { try ContactSheet.tile([], columns: 3) }
    }
}
