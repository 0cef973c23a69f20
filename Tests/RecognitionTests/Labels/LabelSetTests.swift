import ActionModels
import Foundation
import Recognition
import Testing

@Suite("Labels and prompts")
struct LabelSetTests {
    @Test("labels are trimmed and keep their order")
    func trimmed() throws {
        #expect(try LabelSet([" waving\t", "bowing low"]).names == ["waving", "bowing low"])
    }

    @Test("labels that cannot be told apart are refused")
    func refused() async {
        #expect(await message { _ = try LabelSet([]) }.contains("at least one"))
        #expect(await message { _ = try LabelSet(["a", " \n"]) } == "label 2 is empty")
        #expect(
            await message { _ = try LabelSet(["sit down", "Sit  Down"]) } == "the label \"Sit  Down\" stands twice")
    }

    @Test("a list has one entry a line")
    func lists() async throws {
        try await TestModel.inFolder { folder in
            func write(_ data: Data) throws -> String {
                try data.write(to: URL(fileURLWithPath: folder + "/list.txt"))
                return folder + "/list.txt"
            }
            let path = try write(Data("\u{FEFF}waving\r\n\r\n  bowing \nzu Fuß gehen".utf8))
            #expect(try LabelSet(contentsOf: path).names == ["waving", "bowing", "zu Fuß gehen"])
            _ = try write(Data("a {}\nb {} c\n".utf8))
            #expect(try PromptSet(contentsOf: path).templates.map(\.text) == ["a {}", "b {} c"])
            _ = try write(Data([0x61, 0xFF, 0xFE]))
            #expect(await message { _ = try LabelSet(contentsOf: path) }.hasSuffix("the list is not text in UTF-8"))
            #expect(await message { _ = try LabelSet(contentsOf: folder + "/no") }.contains("cannot be read"))
            #expect(await message { _ = try LabelSet(contentsOf: folder) }.contains("cannot be read"))
        }
    }

    @Test("prompts have one place for the label")
    func prompts() async {
        #expect(await message { _ = try PromptSet(texts: []) }.contains("no prompts"))
        for text in ["", "waving", "{} and {}"] {
            #expect(await message { _ = try PromptSet(texts: ["a {}", text]) }.contains("exactly one {}"))
        }
    }
}
