import Datasets
import FixtureSupport
import Foundation
import Testing
import Video

@Suite("Recorded annotation files")
struct RecordedListTests {
    @Test("a case of every format is there, and of no other")
    func found() {
        let known: Set = [
            "path_label", "path_multi_label", "rawframes", "rawframes_offset", "m2clip_three_token", "mmaction_json",
            "kinetics_csv", "hmdb51_splits", "ucf101_splits", "something_v2", "class_csv", "class_lines", "class_json",
        ]
        // The word list is read by Training.
        #expect(Set(RecordedAnnotations.everything.map(\.format)).subtracting(["word_index"]) == known)
    }

    /// Reads a list as if it lay in a folder without the class names of another list.
    private func read(
        _ recorded: RecordedAnnotations, _ format: ListFormat = .detected,
        _ change: (inout ListOptions) -> Void = { _ in }
    ) throws -> VideoList {
        var options = ListOptions()
        (options.format, options.root) = (format, "/data")
        change(&options)
        var list: VideoList?
        try withFiles([recorded.name: String(contentsOfFile: recorded.path, encoding: .utf8)]) { folder throws in
            list = try VideoList(reading: folder + "/" + recorded.name, options)
        }
        return try #require(list)
    }

    @Test("paths and labels", arguments: RecordedAnnotations.all("path_label", "m2clip_three_token"))
    func pathLabel(_ recorded: RecordedAnnotations) throws {
        let records = try #require(recorded.records)
        let isM2CLIP = recorded.format == "m2clip_three_token"
        let list = try read(recorded, isM2CLIP ? .m2CLIP : .detected)
        #expect(list.samples.map(\.source) == records.map { .file("/data/" + ($0.path ?? "")) })
        #expect(list.samples.map(\.labels) == records.map { $0.label?.number.map { [$0] } ?? [] })
        let isBare = records.allSatisfy { $0.label?.number == nil }
        #expect(list.format == (isM2CLIP ? .m2CLIP : isBare ? .pathOnly : .pathLabel))
        #expect(!list.isMultiLabel && list.classes == nil)
    }

    @Test("several labels", arguments: RecordedAnnotations.all("path_multi_label"))
    func multiLabel(_ recorded: RecordedAnnotations) throws {
        let records = try #require(recorded.records)
        let list = try read(recorded) { $0.classCount = recorded.num_classes }
        #expect(list.samples.map(\.source) == records.map { .file("/data/" + ($0.path ?? "")) })
        #expect(list.samples.map(\.labels) == records.map { $0.labels ?? [] })
        #expect(list.isMultiLabel && list.format == .multiLabel && list.classCount == recorded.num_classes)
    }

    @Test("raw frames", arguments: RecordedAnnotations.all("rawframes", "rawframes_offset"))
    func rawFrames(_ recorded: RecordedAnnotations) throws {
        let records = try #require(recorded.records)
        let list = try read(recorded, recorded.format == "rawframes" ? .rawFrames : .rawFramesOffset)
        let template = try ImageTemplate("img_%05d.jpg")
        let expected = records.map { record -> VideoSource in
            .images(
                ImageSequence(
                    folder: "/data/" + (record.directory ?? ""), template: template, offset: record.offset ?? 0,
                    count: record.total_frames))
        }
        #expect(list.samples.map(\.source) == expected)
        #expect(list.samples.map(\.labels) == records.map { $0.label?.number.map { [$0] } ?? [] })
    }

    @Test("mmaction2", arguments: RecordedAnnotations.all("mmaction_json"))
    func mmaction(_ recorded: RecordedAnnotations) throws {
        let records = try #require(recorded.records)
        let list = try read(recorded)
        #expect(list.format == .mmaction)
        #expect(list.samples.map(\.source) == records.map { .file("/data/" + ($0.path ?? "")) })
        #expect(list.samples.map(\.labels) == records.map { $0.labels ?? [] })
    }

    @Test("Kinetics, flat and by class", arguments: RecordedAnnotations.all("kinetics_csv"))
    func kinetics(_ recorded: RecordedAnnotations) throws {
        let records = try #require(recorded.records)
        let list = try read(recorded)
        #expect(list.format == .kinetics && list.classes?.names == recorded.classes)
        #expect(list.samples.map(\.source.path) == records.map { "/data/" + ($0.path_flat ?? "") })
        #expect(list.samples.map(\.labels) == records.map { $0.class_index.map { [$0] } ?? [] })
        guard recorded.classes != nil else { return }
        let byClass = try read(recorded) { $0.layout = .byClass }
        #expect(byClass.samples.map(\.source.path) == records.map { "/data/" + ($0.path_by_class ?? "") })
        #expect(byClass.samples.map(\.labels) == list.samples.map(\.labels))
    }

    @Test("HMDB51, every split and part", arguments: RecordedAnnotations.all("hmdb51_splits"), [1, 2, 3])
    func hmdb51(_ recorded: RecordedAnnotations, split: Int) throws {
        let records = try #require(recorded.records).filter { $0.split == split }
        let classes = try #require(recorded.classes)
        for (part, codes) in [(ListPart.train, [1]), (.test, [2]), (.all, [0, 1, 2])] {
            var options = ListOptions()
            (options.part, options.split) = (part, split)
            let list = try VideoList(reading: recorded.path, options)
            let expected = records.filter { codes.contains($0.code ?? -1) }
            #expect(!expected.isEmpty)
            #expect(list.format == .hmdb51 && list.classes?.names == classes)
            #expect(list.samples.map(\.source.path) == expected.map { recorded.path + "/" + ($0.path ?? "") })
            #expect(list.samples.map(\.labels) == expected.map { [classes.firstIndex(of: $0.class_name ?? "") ?? -1] })
        }
    }

    @Test("UCF101, the folder and its lists", arguments: RecordedAnnotations.all("ucf101_splits"))
    func ucf101(_ recorded: RecordedAnnotations) throws {
        for (part, expected) in [(ListPart.train, recorded.train), (.test, recorded.test)] {
            let records = try #require(expected)
            var options = ListOptions()
            options.part = part
            let folder = try VideoList(reading: recorded.path, options)
            let file = try VideoList(reading: "\(recorded.path)/\(part.rawValue)list01.txt")
            for list in [folder, file] {
                #expect(list.format == .ucf101 && list.classes?.names == recorded.classes)
                #expect(list.samples.map(\.source.path) == records.map { recorded.path + "/" + ($0.path ?? "") })
                #expect(list.samples.map(\.labels) == records.map { [$0.class_index ?? -1] })
            }
            #expect(folder.digest == file.digest)
        }
        var options = ListOptions()
        options.part = .all
        #expect(
            try VideoList(reading: recorded.path, options).samples.count == (recorded.train?.count ?? 0)
                + (recorded.test?.count ?? 0))
    }

    @Test("Something-Something V2", arguments: RecordedAnnotations.all("something_v2"))
    func something(_ recorded: RecordedAnnotations) throws {
        for (name, expected) in [("train", recorded.train), ("test", recorded.test)] {
            let records = try #require(expected)
            let list = try VideoList(reading: "\(recorded.path)/\(name).json")
            #expect(list.format == .something && list.classes?.names == recorded.classes)
            #expect(list.samples.map(\.source.path) == records.map { "\(recorded.path)/\($0.id ?? "").webm" })
            #expect(list.samples.map(\.labels) == records.map { $0.class_index.map { [$0] } ?? [] })
        }
    }

    @Test("class lists", arguments: RecordedAnnotations.all("class_csv", "class_lines", "class_json"))
    func classes(_ recorded: RecordedAnnotations) throws {
        #expect(try ClassList(contentsOf: recorded.path).names == recorded.classes)
    }

    @Test("class names as words", arguments: RecordedAnnotations.texts)
    func texts(_ recorded: RecordedAnnotations.ClassText) {
        #expect(LabelText.verbatim.text(of: recorded.name) == recorded.name)
        if let text = recorded.underscore { #expect(LabelText.underscore.text(of: recorded.name) == text) }
        if let text = recorded.camel { #expect(LabelText.camel.text(of: recorded.name) == text) }
        if let text = recorded.bracket { #expect(LabelText.bracket.text(of: recorded.name) == text) }
    }

    @Test("more names as words")
    func moreTexts() {
        #expect(!RecordedAnnotations.texts.isEmpty)
        for (name, underscore, camel) in [
            ("__brush__hair_ ", "brush hair", "brush hair"), ("", "", ""), ("ABC", "ABC", "abc"),
            ("PlayingTVGame", "PlayingTVGame", "playing tv game"),
            ("Writing_OnBoard", "Writing OnBoard", "writing on board"),
            ("ÉcoleÀPied", "ÉcoleÀPied", "école à pied"),
        ] {
            #expect(LabelText.underscore.text(of: name) == underscore)
            #expect(LabelText.camel.text(of: name) == camel)
        }
    }
}
