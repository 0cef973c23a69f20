import Datasets
import FixtureSupport
import Foundation
import Testing
import Video

@Suite("Opening the videos of a list")
struct ImageSequenceTests {
    private let fixtures = Fixture.roots[0].appending(path: "video").path

    @Test("files and folders of images give their frames")
    func sources() throws {
        let template = try ImageTemplate("img_%05d.jpg")
        let file = try VideoSource.file(fixtures + "/h264_gop12_b.mp4").open()
        #expect(file.count == 48)
        let images = ImageSequence(folder: fixtures + "/rawframes", template: template)
        #expect(try VideoSource.images(images).open().count == 12)
        let whole = try images.open().frames(at: Array(0..<12))
        let part = ImageSequence(folder: fixtures + "/rawframes", template: template, offset: 4, count: 5)
        let frames = try VideoSource.images(part).open().frames(at: [0, 4])
        #expect(frames.map(\.pixels) == [whole[4].pixels, whole[8].pixels])
        let shifted = ImageSequence(folder: fixtures + "/rawframes", template: template, firstIndex: 0, count: 3)
        // There is no image 0: the lowest stands in, counted.
        let source = try VideoSource.images(shifted).open()
        #expect(try source.frames(at: [0, 1]).map(\.pixels) == [whole[0].pixels, whole[0].pixels])
        #expect(source.report.substitutedFrames == 1)
    }

    @Test("more frames than images are short, and read all the same")
    func short() throws {
        let images = ImageSequence(
            folder: fixtures + "/rawframes", template: try ImageTemplate("img_{:05d}.jpg"), offset: 10, count: 20)
        let source = try images.open()
        #expect(source.count == 20 && source.report.status == .short)
        #expect(try source.frames(at: [19]).count == 1)
        #expect(source.report.substitutedFrames == 1)
    }

    @Test("what cannot be opened says why")
    func broken() throws {
        let template = try ImageTemplate("img_%05d.jpg")
        func status(_ source: VideoSource) -> VideoStatus? {
            #expect(throws: VideoError.self) { _ = try source.open() }?.status
        }
        #expect(status(.file(fixtures + "/none.mp4")) == .missingFile)
        #expect(status(.images(ImageSequence(folder: fixtures + "/none", template: template))) == .missingFile)
        #expect(status(.images(ImageSequence(folder: fixtures, template: template))) == .noFrames)
        #expect(
            status(.images(ImageSequence(folder: fixtures + "/rawframes", template: template, offset: .max)))
                == .invalidRequest)
    }
}
