import Testing
import Video

@testable import Recognition

@Suite("Numbered images")
struct ImageNumberingTests {
    @Test(
        "the template is told from the names",
        arguments: [
            (["img_00002.jpg", "img_00001.jpg", "img_00010.jpg"], "img_%05d.jpg", 1),
            (["8.png", "9.png", "10.png"], "%01d.png", 8),
            (["flow_1_003.jpeg", "flow_1_004.jpeg", "cover1.png", "README.md"], "flow_1_%03d.jpeg", 3),
            (["a1b.JPG", "a2b.JPG"], "a%01db.JPG", 1),
        ])
    func templates(_ names: [String], _ template: String, _ first: Int) throws {
        let numbering = try ImageNumbering(names: names, folder: "f")
        #expect(numbering.template.description == template)
        #expect(numbering.first == first)
    }

    @Test("folders without numbered images are refused", arguments: [[], ["a.jpg"], ["1.txt"]])
    func none(_ names: [String]) {
        #expect(throws: VideoError.self) { try ImageNumbering(names: names, folder: "f") }
    }
}
