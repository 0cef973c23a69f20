import ActionModels
import ArgumentParser
import Recognition
import Testing

@testable import verb

@Suite("verb recognize")
struct RecognizeCommandTests {
    @Test("videos, labels and prompts may follow one another")
    func lists() throws {
        let command = try RecognizeCommand.parse([
            "a.mp4", "b.mp4", "--labels", "sitting down", "waving", "--prompt", "a {}", "b {}", "--top", "2", "--json",
        ])
        #expect(command.videos == ["a.mp4", "b.mp4"])
        let labels = try command.labels.labelSet()
        #expect(labels?.names == ["sitting down", "waving"])
        let prompts = try command.labels.promptSet()
        #expect(prompts?.templates.map(\.text) == ["a {}", "b {}"])
        #expect(command.top == 2 && command.json && command.frames == nil)
        #expect(command.model.model == nil && command.model.video.reading.activation == nil)
    }

    @Test("half a window is the distance when only the window is given")
    func timeline() throws {
        func settings(_ options: String...) throws -> TimelineSettings {
            try RecognizeCommand.parse(["a.mp4", "--labels", "x"] + options).timelineSettings(frames: 8)
        }
        #expect(try settings("--window", "3") == TimelineSettings(every: 1.5, window: 3, frames: 8))
        #expect(try settings("--every", "0.5") == TimelineSettings(every: 0.5, window: 2, frames: 8))
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            [], ["a.mp4"], ["--labels", "x"], ["a.mp4", "--labels", "x", "--labels-file", "f"],
            ["a.mp4", "--labels", "x", "--prompt", "{}", "--prompts-file", "f"],
            ["a.mp4", "--labels", "x", "--frames", "0"], ["a.mp4", "--labels", "x", "--top", "0"],
            ["a.mp4", "--labels", "x", "--threads", "0"], ["a.mp4", "--labels", "x", "--every", "0"],
            ["a.mp4", "--labels", "x", "--window", "nan"], ["a.mp4", "--labels", "x", "--activation", "relu"],
        ])
    func usage(_ arguments: [String]) throws {
        let error = try #require(#expect(throws: (any Error).self) { try RecognizeCommand.parse(arguments) })
        #expect(RecognizeCommand.exitCode(for: error) == .validationFailure)
    }
}

@Suite("What recognize prints")
struct RecognitionFormatTests {
    @Test("probabilities stand in one column")
    func columns() {
        let predictions = [("sitting down", 0.8734), ("waving", 0.126), ("all", 1), ("none", 0.0001)]
            .map { Prediction(label: $0.0, probability: $0.1) }
        #expect(
            RecognitionFormat.lines(predictions[...]) == [
                "  87.3 %  sitting down", "  12.6 %  waving", " 100.0 %  all", "   0.0 %  none",
            ])
    }

    @Test("spans say minutes, seconds and tenths")
    func spans() {
        let span = Span(start: 3.2, end: 5.94, label: "sitting down", confidence: 0.906)
        #expect(RecognitionFormat.line(span) == "00:03.2 - 00:05.9  sitting down  0.91")
        #expect(RecognitionFormat.clock(59.96) == "01:00.0")
        #expect(RecognitionFormat.clock(3_725.5) == "1:02:05.5")
    }

    @Test("JSON is one line that reads back")
    func json() throws {
        let line = try RecognitionFormat.json("a/b\n.mp4", [Prediction(label: "\"x\"", probability: 0.5)], Timings())
        #expect(
            line == #"{"predictions":[{"label":"\"x\"","probability":0.5}],"timings":{"decode":0,"encode":0,"head":0,"#
                + #""transform":0},"video":"a/b\n.mp4"}"#)
        let spans = try RecognitionFormat.json(
            "v", [Span(start: 0, end: 1.5, label: "x", confidence: 0.5)], Timings())
        #expect(spans.contains(#""spans":[{"confidence":0.5,"end":1.5,"label":"x","start":0}]"#))
    }
}
