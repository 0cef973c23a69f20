import Foundation
import Testing

@testable import Video

@Suite("Numbers and times that lie")
struct HostileTimesTests {
    @Test("images numbered by time stamps are no frames")
    func imageNumbers() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["img_00001.jpg", "img_9000000000000000000.jpg"] {
            try Data().write(to: folder.appending(path: name))
        }
        let template = try ImageTemplate("img_%05d.jpg")
        let error = #expect(throws: VideoError.self) { try ImageFolder(path: folder.path, template: template) }
        #expect(error?.status == .invalidRequest)
    }

    @Test("a jump of more than a day is an error, an endless last picture is cut")
    func jumps() throws {
        var selector = try FrameSelector(.rate(4))
        _ = try selector.accept(0)
        #expect(throws: VideoError.self) { _ = try selector.accept(1e12) }
        #expect(selector.finish(1e30) == 4 * 86_400)
        #expect(try selector.accept(1).previous == 4)
    }
}
