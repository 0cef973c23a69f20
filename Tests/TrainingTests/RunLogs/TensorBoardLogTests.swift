import Foundation
import Testing
import Video

@testable import Training

@Suite("Event files")
struct TensorBoardLogTests {
    @Test("known checks of RFC 3720 and of TensorFlow's mask")
    func checks() {
        #expect(CRC32C.value(of: Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.value(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.value(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.value(of: (0..<32).map { UInt8($0) }) == 0x46DD_794E)
        #expect(CRC32C.value(of: (0..<32).reversed().map { UInt8($0) }) == 0x113F_DB5C)
        #expect(CRC32C.value(of: []) == 0)
        #expect(CRC32C.masked(of: []) == 0xA282_EAD8)
    }

    @Test("the wire format by hand")
    func wire() {
        var message = ProtocolMessage()
        message.put(1, 150)
        message.put(2, "testing".utf8)
        message.put(3) { $0.put(1, 150) }
        message.put(4, 1.0)
        message.put(5, Float(-2))
        message.put(6, -1)
        #expect(
            message.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8) + [0x1A, 0x03, 0x08, 0x96, 0x01]
                + [0x21, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [0x2D, 0, 0, 0, 0xC0]
                + [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
    }

    @Test("what was written is read, by other code")
    func events() throws {
        try withFolder { folder in
            let log = try TensorBoardLog(in: folder, host: "a host/x", now: { 1234.5 })
            #expect((log.path as NSString).lastPathComponent == "events.out.tfevents.1234.a-host-x")
            try log.scalars(["train/loss": 0.5, "é": .nan], step: 300)
            try log.scalars([:], step: 301)
            try log.text("*words*", name: "recipe", step: 0)
            let image = try EncodedImage(Frame(width: 4, height: 2, pixels: [UInt8](repeating: 9, count: 24)))
            try log.image(image, name: "picture", step: 7)
            let events = try EventFile(log.path).events
            #expect(events.map(\.step) == [0, 300, 0, 7] && events.allSatisfy { $0.time == 1234.5 })
            #expect(events[0].version == "brain.Event:2" && events.dropFirst().allSatisfy { $0.version == nil })
            #expect(events[1].scalars["train/loss"] == 0.5 && events[1].scalars["é"]?.isNaN == true)
            #expect(events[2].texts == ["recipe": "*words*"])
            #expect(events[3].images == ["picture": image.bytes])
            #expect(events.allSatisfy { !$0.isStart })
        }
    }

    @Test("a resumed run writes another file that says from where")
    func resumed() throws {
        try withFolder { folder in
            let first = try TensorBoardLog(in: folder, host: "h", now: { 5 })
            let second = try TensorBoardLog(in: folder, resumingAfter: 40, host: "h", now: { 5 })
            #expect(first.path < second.path)
            let events = try EventFile(second.path).events
            #expect(events.map(\.isStart) == [false, true] && events[1].step == 41)
            #expect(try EventFile(first.path).events.count == 1)
        }
    }

    @Test("both logs of a run")
    func runLog() throws {
        try withFolder { folder in
            let run = folder + "/new/run"
            let log = try RunLog(in: run)
            try log.scalars(step: 1, ["train/loss": 2])
            try log.text(step: 1, "note", "words")
            try log.scalars(step: 2, ["train/loss": 1])
            let again = try RunLog(in: run, resumingAfter: 1)
            try again.scalars(step: 2, ["train/loss": 1.5])
            let lines = try JSONLinesLog.lines(of: RunLog.path(in: run))
            #expect(lines.map(\.step) == [1, 1, 2] && lines[2].scalars == ["train/loss": 1.5])
            #expect(lines[1].values == ["note": .text("words")])
            let files = try FileManager.default.contentsOfDirectory(atPath: run)
                .filter { $0.hasPrefix("events.out.tfevents.") }
            #expect(files.count == 2)
        }
    }

    @Test("of the state's step an evaluation stays only if the state knows it", arguments: [nil, 2, 4])
    func evaluations(_ evaluatedStep: Int?) throws {
        try withFolder { folder in
            var state = RunState()
            let first = try RunLog(in: folder, at: state)
            for step in 1...4 {
                try first.scalars(step: step, ["train/loss": 1])
                if step % 2 == 0 { try first.scalars(step: step, ["validation/top1": 0.5, "validation/map": 1]) }
            }
            (state.step, state.evaluatedStep) = (4, evaluatedStep)
            _ = try RunLog(in: folder, at: state)
            let steps = try JSONLinesLog.lines(of: RunLog.path(in: folder)).map(\.step)
            #expect(steps == [1, 2, 2, 3, 4] + (evaluatedStep == 4 ? [4] : []))
        }
    }

    @Test("a run that begins again in a folder says so to TensorBoard, also before its first checkpoint")
    func restarted() throws {
        try withFolder { folder in
            for _ in 0..<2 { try RunLog(in: folder, at: RunState()).scalars(step: 1, ["train/loss": 1]) }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasPrefix("events.out.tfevents.") }.sorted()
            let starts = try files.map { try EventFile(folder + "/" + $0).events.filter(\.isStart).map(\.step) }
            #expect(starts == [[], [1]])
            #expect(try JSONLinesLog.lines(of: RunLog.path(in: folder)).map(\.step) == [1])
        }
    }

    /// The interpreter that has TensorBoard, or nil.
    private static let python: String? = {
        let name = ProcessInfo.processInfo.environment["VERB_PYTHON"] ?? "python3"
        return (try? output(name, "import tensorboard")) == nil ? nil : name
    }()

    private struct Failed: Error {}

    private static func output(_ python: String, _ program: String, _ arguments: String...) throws -> Data {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", program] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return data
    }

    @Test(
        "TensorBoard's own reader sees one run without the steps that were made twice",
        .enabled(if: python != nil, "no tensorboard: pip install tensorboard, and name its Python in VERB_PYTHON"))
    func tensorBoard() throws {
        let python = try #require(Self.python)
        let program = """
            import json, sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            log = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0, "images": 0})
            log.Reload()
            tags = log.Tags()
            print(json.dumps({
                "scalars": {tag: [[e.step, e.value] for e in log.Scalars(tag)] for tag in tags["scalars"]},
                "images": {tag: [log.Images(tag)[0].width, log.Images(tag)[0].height] for tag in tags["images"]},
                "texts": {tag: log.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in tags["tensors"]}}))
            """
        struct Seen: Decodable {
            let scalars: [String: [[Double]]], images: [String: [Int]], texts: [String: String]
        }
        try withFolder { folder in
            let first = try TensorBoardLog(in: folder, host: "h", now: { 100 })
            for step in 0..<8 { try first.scalars(["train/loss": Double(step), "b": 0.25], step: step) }
            try first.text("# words", name: "recipe", step: 0)
            let frame = Frame(width: 6, height: 4, pixels: [UInt8](repeating: 77, count: 72))
            try first.image(EncodedImage(frame), name: "strip", step: 0)
            let second = try TensorBoardLog(in: folder, resumingAfter: 4, host: "h", now: { 200 })
            for step in 5..<7 { try second.scalars(["train/loss": Double(10 * step)], step: step) }
            let seen = try JSONDecoder().decode(Seen.self, from: Self.output(python, program, folder))
            #expect(seen.scalars["train/loss"] == [[0, 0], [1, 1], [2, 2], [3, 3], [4, 4], [5, 50], [6, 60]])
            #expect(seen.scalars["b"] == (0...4).map { [Double($0), 0.25] })
            #expect(seen.images == ["strip": [6, 4]] && seen.texts == ["recipe": "# words"])
        }
    }
}
