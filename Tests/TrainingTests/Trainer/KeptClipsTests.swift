import Datasets
import Foundation
import Testing
import Video

@testable import Training

@Suite("Clips whose features are kept")
struct KeptClipsTests {
    @Test("parts of a folder of images differ by all that a list says of them")
    func images() throws {
        func key(
            _ template: String = "img_%05d.jpg", first: Int = 1, offset: Int = 0, count: Int? = 5
        ) throws -> String {
            let images = ImageSequence(
                folder: "frames", template: try ImageTemplate(template), firstIndex: first, offset: offset, count: count
            )
            return VideoSource.images(images).featureKey
        }
        let keys = [
            try key(), try key("%05d.jpg"), try key(first: 0), try key(offset: 5), try key(count: 6),
            try key(count: nil),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(try key() == keys[0])
    }

    @Test("a folder's own size does not matter, a file's does")
    func sizes() async throws {
        try await inFolder { folder in
            let images = VideoSource.images(
                ImageSequence(folder: folder.path, template: try ImageTemplate("img_%05d.jpg")))
            let file = folder.appending(path: "a.mp4"), before = images.featureKey
            let empty = VideoSource.file(file.path).featureKey
            for number in 0..<500 {
                try Data().write(to: folder.appending(path: "a long name of a file \(number).txt"))
            }
            try Data("video".utf8).write(to: file)
            #expect(images.featureKey == before)
            #expect(VideoSource.file(file.path).featureKey == file.path + " 5" && empty == file.path + " 0")
        }
    }
}
