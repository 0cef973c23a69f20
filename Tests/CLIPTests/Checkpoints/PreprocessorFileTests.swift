import CLIP
import FixtureSupport
import Foundation
import Testing
import Video

@Suite("preprocessor_config.json")
struct PreprocessorFileTests {
    /// The small Hugging Face model of the cases (12 pixels) with another preprocessor file.
    private func preprocessing(_ json: String) throws -> Preprocessing {
        let fixture = try #require(Fixture.own("clip", "small_heads"))
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: URL(fileURLWithPath: fixture.path("hf")), to: folder)
        let file = folder.appending(path: "preprocessor_config.json")
        try? FileManager.default.removeItem(at: file)
        try Data(json.utf8).write(to: file)
        return try CLIPCheckpoint(path: folder.path).preprocessing
    }

    @Test("sizes in every spelling")
    func sizes() throws {
        #expect(try preprocessing(#"{"size": 12, "crop_size": 12}"#).shortSide == nil)
        #expect(
            try preprocessing(#"{"size": {"shortest_edge": 14}, "crop_size": {"height": 12, "width": 12}}"#).shortSide
                == 14)
        #expect(try preprocessing(#"{"size": {"height": 12, "width": 12}}"#).resizeMode == .squash)
        #expect(try preprocessing("{}").cropRule == .floor)
        #expect(try preprocessing(#"{"resample": 2}"#).interpolation == .bilinear)
    }

    @Test("a shorter side before the crop is used")
    func shortSide() throws {
        let preprocessing = try preprocessing(#"{"size": 14, "crop_size": 12}"#)
        let frame = Frame(width: 28, height: 14, pixels: (0..<(28 * 14 * 3)).map { UInt8($0 % 251) })
        let prepared = preprocessing.prepared(frame)
        #expect(prepared == frame.cropped(to: CentreRule.floor.box(side: 12, in: frame.size)))
    }

    @Test(
        "what cannot be followed is refused",
        arguments: [
            #"{"crop_size": 14}"#, #"{"do_resize": false}"#, #"{"resample": 0}"#, #"{"rescale_factor": 1}"#,
            #"{"size": {"height": 12, "width": 24}}"#, #"{"crop_size": {"height": 12, "width": 8}}"#,
            #"{"image_std": [1, 0, 1]}"#, #"{"image_mean": [1]}"#, #"{"size": "#, #"{"size": 8, "crop_size": 12}"#,
        ])
    func refused(_ json: String) {
        #expect(throws: CLIPError.self) { try preprocessing(json) }
    }
}
