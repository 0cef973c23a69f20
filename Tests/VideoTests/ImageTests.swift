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
