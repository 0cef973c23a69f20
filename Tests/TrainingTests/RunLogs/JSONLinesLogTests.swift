import Foundation
import Testing
import Training

/// A folder for one test.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "logs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

@Suite("JSON-lines logs")
struct JSONLinesLogTests {
    private func line(_ step: Int) -> LogLine {
        LogLine(step: step, values: ["train/loss": .number(1 / Double(step + 1)), "note": .text("é \"\n\(step)")])
    }

    private func write(_ steps: some Sequence<Int>, to path: String, resumingAfter step: Int? = nil) throws {
        let log = try JSONLinesLog(at: path, resumingAfter: step)
        for step in steps { try log.append(line(step)) }
    }

    @Test("one object a line, keys sorted, numbers that JSON cannot say as words")
    func format() throws {
        try withFolder { folder in
            let path = folder + "/log.jsonl"
            let log = try JSONLinesLog(at: path, resumingAfter: nil)
            let line = LogLine(step: 3, scalars: ["b": 0.1, "a/c": .infinity, "d": -.infinity, "step": 9])
            try log.append(line)
            #expect(
                try String(contentsOfFile: path, encoding: .utf8)
                    == #"{"a/c":"Infinity","b":0.1,"d":"-Infinity","step":3}"# + "\n")
            try log.append(LogLine(step: 4, scalars: ["n": .nan]))
            let back = try JSONLinesLog.lines(of: path)
            #expect(back.count == 2 && back[0].scalars == ["b": 0.1, "a/c": .infinity, "d": -.infinity])
            #expect(back[1].scalars["n"]?.isNaN == true)
        }
    }

    @Test("a line is in the file when append returns")
    func flushed() throws {
        try withFolder { folder in
            let path = folder + "/log.jsonl"
            let log = try JSONLinesLog(at: path, resumingAfter: nil)
            for step in 0..<5 {
                try log.append(line(step))
                #expect(try JSONLinesLog.lines(of: path) == (0...step).map(line))
            }
        }
    }

    @Test("a run that was killed and resumed has the log of one that was not", arguments: [-1, 0, 4, 9])
    func resumed(_ checkpoint: Int) throws {
        try withFolder { folder in
            try write(0..<20, to: folder + "/whole")
            let path = folder + "/cut"
            try write(0..<13, to: path)
            let torn = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try torn.seekToEnd()
            try torn.write(contentsOf: Data(#"{"step":13,"train/lo"#.utf8))
            try torn.close()
            #expect(try JSONLinesLog.lines(of: path).count == 13)
            try write(checkpoint + 1..<20, to: path, resumingAfter: checkpoint)
            let (whole, cut) = (
                FileManager.default.contents(atPath: folder + "/whole"), FileManager.default.contents(atPath: path)
            )
            #expect(whole != nil && whole == cut)
        }
    }

    @Test("several lines of the checkpoint's step stay, and a new run starts empty")
    func ends() throws {
        try withFolder { folder in
            let path = folder + "/log"
            try write([0, 1, 1, 1, 2], to: path)
            try write([], to: path, resumingAfter: 1)
            #expect(try JSONLinesLog.lines(of: path).map(\.step) == [0, 1, 1, 1])
            try write([], to: path)
            #expect(try JSONLinesLog.lines(of: path).isEmpty)
            try write([7], to: folder + "/new", resumingAfter: 6)
            #expect(try JSONLinesLog.lines(of: folder + "/new").map(\.step) == [7])
        }
    }

    @Test(
        "a damaged line before the checkpoint is an error, after it is dropped",
        arguments: ["no JSON", "[1]", #"{"a":1}"#, #"{"step":1,"a":[2]}"#, "", #"{"step":1.5}"#])
    func damaged(_ text: String) throws {
        try withFolder { folder in
            let path = folder + "/log"
            try Data("{\"step\":0}\n\(text)\n{\"step\":2}\n{\"step\":5}\n".utf8).write(to: URL(fileURLWithPath: path))
            let before = FileManager.default.contents(atPath: path)
            let error = #expect(throws: TrainingError.self) { try JSONLinesLog(at: path, resumingAfter: 3) }
            #expect(error?.description == "\(path): line 2 is no log line")
            #expect(FileManager.default.contents(atPath: path) == before, "a refused log is left alone")
            #expect(throws: TrainingError.self) { try JSONLinesLog.lines(of: path) }
            _ = try JSONLinesLog(at: path, resumingAfter: 1)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"step\":0}\n")
        }
    }

    @Test("a folder that is not there is named")
    func unwritable() throws {
        let error = #expect(throws: TrainingError.self) { try JSONLinesLog(at: "/no/such/log", resumingAfter: nil) }
        #expect(error?.description.hasPrefix("/no/such/log: cannot be written") == true)
        #expect(throws: TrainingError.self) { try JSONLinesLog.lines(of: "/no/such/log") }
    }
}
