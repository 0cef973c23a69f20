import ArgumentParser
import Foundation
import Testing
import Training

@testable import verb

@Suite("verb inspect of presets")
struct InspectCommandTests {
    @Test("a path, a preset, or the list of presets")
    func choices() throws {
        #expect(try InspectCommand.parse(["a.pt"]).path == "a.pt")
        let preset = try InspectCommand.parse(["--preset", "evl-b16-k400-8f", "--json"])
        #expect(preset.preset == "evl-b16-k400-8f" && preset.path == nil && preset.json)
        #expect(try InspectCommand.parse(["--presets"]).presets)
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            [], ["a", "--preset", "b"], ["a", "--presets"], ["--presets", "--preset", "b"],
            ["--preset", "b", "--verify"],
        ])
    func usage(_ arguments: [String]) throws {
        let error = try #require(#expect(throws: (any Error).self) { try InspectCommand.parse(arguments) })
        #expect(InspectCommand.exitCode(for: error) == .validationFailure)
    }

    @Test("parts, trained parameters and work as a table")
    func table() throws {
        let text = PresetFormat.text(try Preset.named("st-adapter-b16-12x384-k400"))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first == "preset  st-adapter-b16-12x384-k400")
        #expect(lines.contains("input   8 frames of 224 px"))
        #expect(lines.contains("spatio-temporal adapters     7110144  7110144       11.120"), "\(text)")
        let total = try #require(lines.last)
        #expect(total.hasPrefix("total ") && total.contains(" 7417744 "), "\(text)")
        #expect(!text.contains("GMAC a text"))
        #expect(PresetFormat.text(try Preset.named("m2clip-b32-12x384-k400")).contains("GMAC a text  2.98"))
        #expect(PresetFormat.text(try Preset.named("m2clip-b32-12x384-k400")).contains("none is known"))
    }

    @Test("the same as one object")
    func object() throws {
        let json = try PresetFormat.json(try Preset.named("st-adapter-b16-24x384-ssv2"))
        #expect(!json.contains("\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["preset"] as? String == "st-adapter-b16-24x384-ssv2")
        #expect(object["trained"] as? Int == 14_354_094 && object["textMACs"] as? Int == 0)
        let parts = try #require(object["parts"] as? [[String: Any]])
        #expect(parts.compactMap { $0["trained"] as? Int }.reduce(0, +) == 14_354_094)
    }

    @Test("the list has a line a preset")
    func list() throws {
        let all = try Preset.all()
        #expect(PresetFormat.list(all).split(separator: "\n").count == all.count)
        #expect(try PresetFormat.jsonLines(all).split(separator: "\n").count == all.count)
    }

    @Test("an unknown preset is refused with names that are near")
    func unknown() async throws {
        var messages: [String] = []
        do { try await InspectCommand.parse(["--preset", "st-adapter-b16-12x384"]).run() } catch {
            messages.append("\(error)")
        }
        #expect(messages.count == 1)
        #expect(messages.allSatisfy { $0.contains("st-adapter-b16-12x384-k400") }, "\(messages)")
    }
}
