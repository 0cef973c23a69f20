import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("Resizing of positions")
struct PositionResizeTests {
    private struct Case: Decodable {
        struct Tolerance: Decodable { let pos: Double }
        let tolerance: Tolerance
    }

    @Test("every rule and grid", arguments: Fixture.all("clip", "preprocess"))
    func tables(_ fixture: Fixture) throws {
        let (tensors, tolerance) = (try fixture.tensors(), try fixture.decode(Case.self).tolerance.pos)
        let rules: [(String, PositionResize)] = [
            ("open_clip_antialias", .openCLIP), ("transformers", .transformers), ("tinyclip_align_corners", .tinyCLIP),
        ]
        let table = try #require(tensors["inputs.pos"]), text = try #require(tensors["inputs.text_pos"])
        var compared = 0
        for (key, expected) in tensors {
            let parts = key.split(separator: ".")
            if key.hasPrefix("outputs.pos."), let rule = rules.first(where: { $0.0 == parts[2] })?.1 {
                let grid = parts[3].split(separator: "x").compactMap { Int($0) }
                expectClose(
                    rule(table, height: grid[0], width: grid[1]), expected, absolute: tolerance, relative: 0, key)
                compared += 1
            } else if key.hasPrefix("outputs.text_pos.") {
                let length = try #require(Int(parts[3]))
                expectClose(
                    PositionResize.text(text, length: length), expected, absolute: tolerance, relative: 0, key)
                compared += 1
            }
        }
        #expect(compared > 0)
        #expect(compared == tensors.keys.count { $0.hasPrefix("outputs.pos.") || $0.hasPrefix("outputs.text_pos.") })
    }

    @Test("a resized checkpoint runs at its new size")
    func checkpoint() throws {
        for fixture in Fixture.all("clip", "small_heads") {
            let own = try CLIPCheckpoint(path: fixture.path("openclip"))
            let side = 5 * own.configuration.vision.patchSize, width = own.configuration.embedDim
            let checkpoint = try own.resized(imageSize: side, contextLength: 7)
            let model = try checkpoint.model().model
            #expect(withoutGradient { model.encodeImage(.zeros([2, 3, side, side])).shape } == [2, width])
            #expect(withoutGradient { model.encodeText(.ones([1, 7], dtype: .int64)).shape } == [1, width])
            #expect(throws: CLIPError.self) { try checkpoint.resized(imageSize: side + 1) }
        }
    }
}
