import Datasets
import FixtureSupport
import Foundation
import Testing

/// One entry of the recorded `annotations/expected.json`: a file or folder with what a reader should find in it.
struct RecordedAnnotations: Decodable, Sendable, CustomTestStringConvertible {
    struct Record: Decodable, Sendable {
        var path: String?
        var label: JSONLabel?
        var labels: [Int]?
        var directory: String?
        var offset: Int?
        var total_frames: Int?
        var path_flat: String?
        var path_by_class: String?
        var class_index: Int?
        var class_name: String?
        var split: Int?
        var code: Int?
        var id: String?
    }

    /// A number, or in Kinetics lists a name.
    struct JSONLabel: Decodable, Sendable {
        let number: Int?
        init(from decoder: any Decoder) throws { number = try? decoder.singleValueContainer().decode(Int.self) }
    }

    let format: String
    var delimiter: String?
    var num_classes: Int?
    var classes: [String]?
    var records: [Record]?
    var train: [Record]?
    var test: [Record]?
    var name = ""
    var folder = ""

    private enum CodingKeys: String, CodingKey {
        case format, delimiter, num_classes, classes, records, train, test
    }

    var path: String { folder + "/" + name }
    var testDescription: String { "\(format): \(path.suffix(40))" }

    /// All recorded cases of some formats.
    static func all(_ formats: String...) -> [RecordedAnnotations] {
        everything.filter { formats.contains($0.format) }
    }

    static let everything: [RecordedAnnotations] = Fixture.files(named: "expected.json").flatMap { file in
        let data = (try? Data(contentsOf: file)) ?? Data()
        let entries = (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
        return entries.sorted { $0.key < $1.key }.compactMap { name, entry -> RecordedAnnotations? in
            guard var found = entry.annotations else { return nil }
            (found.name, found.folder) = (name, file.deletingLastPathComponent().path)
            return found
        }
    }

    /// Other kinds of entries are nil.
    private struct Entry: Decodable {
        let annotations: RecordedAnnotations?
        init(from decoder: any Decoder) { annotations = try? RecordedAnnotations(from: decoder) }
    }

    /// How class names become words.
    struct ClassText: Decodable, Sendable {
        let name: String
        var underscore: String?
        var camel: String?
        var bracket: String?
    }

    static let texts: [ClassText] = Fixture.files(named: "expected.json").flatMap { file -> [ClassText] in
        struct Texts: Decodable { let _class_name_to_text: [ClassText]? }
        let data = (try? Data(contentsOf: file)) ?? Data()
        return (try? JSONDecoder().decode(Texts.self, from: data))?._class_name_to_text ?? []
    }
}
