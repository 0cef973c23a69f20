import CLIP
import Foundation
import Testing

@Suite("Sizes of blocks in files")
struct TransformerDecodingTests {
    private func decode(_ json: String) throws -> TransformerConfiguration {
        try JSONDecoder().decode(TransformerConfiguration.self, from: Data(json.utf8))
    }

    @Test("one number for all blocks, or a list")
    func forms() throws {
        let short = try decode(#"{"width": 12, "layers": 3, "heads": 2, "mlpWidth": 48}"#)
        #expect(short == TransformerConfiguration(width: 12, layers: 3, heads: 2))
        let long = try decode(#"{"width": 12, "headWidth": 4, "heads": [2, 0], "mlpWidths": [0, 7]}"#)
        #expect(long == TransformerConfiguration(width: 12, headWidth: 4, heads: [2, 0], mlpWidths: [0, 7]))
    }

    @Test("what is written are the lists")
    func encoding() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let sizes = TransformerConfiguration(width: 8, layers: 2, heads: 2)
        let text = String(decoding: try encoder.encode(sizes), as: UTF8.self)
        #expect(text == #"{"headWidth":4,"heads":[2,2],"mlpWidths":[32,32],"width":8}"#)
        #expect(try decode(text) == sizes)
    }

    @Test(
        "numbers that cannot be, before anything is allocated by them",
        arguments: [
            #""layers": 1000000000, "heads": 2, "mlpWidth": 48"#, #""layers": -1, "heads": 2, "mlpWidth": 48"#,
            #""layers": 3, "heads": 0, "mlpWidth": 48"#, #""layers": 3, "heads": 5, "mlpWidth": 48"#,
            #""layers": 3, "heads": [2, 2, 2], "mlpWidth": 48"#, #""layers": 3, "heads": 2"#, #""heads": [2]"#,
        ])
    func hostile(_ rest: String) {
        #expect(throws: DecodingError.self) { try decode("{\"width\": 12, \(rest)}") }
    }
}
