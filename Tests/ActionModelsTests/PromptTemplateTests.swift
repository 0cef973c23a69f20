import ActionModels
import Foundation
import Testing

@Suite("Prompt templates")
struct PromptTemplateTests {
    @Test(
        "one place for the name",
        arguments: [
            ("a photo of {}.", "a photo of juggling."), ("{}", "juggling"), ("{} in a park", "juggling in a park"),
            ("({{}})", "({juggling})"), ("人が{}する", "人がjugglingする"),
        ])
    func filled(_ text: String, sentence: String) throws {
        let template = try #require(PromptTemplate(text))
        #expect(template("juggling") == sentence)
    }

    @Test("none or several places", arguments: ["", "a video", "{} and {}", "{}{}", "{ }", "} {", "{name}"])
    func refused(_ text: String) {
        #expect(PromptTemplate(text) == nil)
    }

    @Test("braces of a name are left alone")
    func braces() throws {
        let template = try #require(PromptTemplate("say {} now"))
        #expect(template("{} {x}") == "say {} {x} now")
    }

    @Test("the bundled templates")
    func bundled() {
        #expect(PromptTemplate.bare("bowing") == "bowing")
        #expect(PromptTemplate.video("bowing") == "A video of bowing")
        #expect(PromptTemplate.video == PromptTemplate(PromptTemplate.video.text))
    }

    @Test("JSON keeps the rule of one place")
    func json() throws {
        let data = try JSONEncoder().encode(PromptTemplate.video)
        #expect(try JSONDecoder().decode(PromptTemplate.self, from: data) == .video)
        for text in ["no place", "{} and {}"] {
            let broken = try JSONEncoder().encode(["text": text])
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(PromptTemplate.self, from: broken) }
        }
    }
}
