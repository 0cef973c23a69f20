import Foundation
import Testing

@testable import Datasets

@Suite("Lists of actions with times")
struct SegmentListTests {
    private func read(_ text: String) throws -> SegmentList {
        let file = FileManager.default.temporaryDirectory.appending(path: "segments-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return try SegmentList(contentsOf: file.path)
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        let list = SegmentList(
            labels: ["a", "b, \"c\""],
            videos: [
                SegmentedVideo(
                    path: "long/0.mp4", duration: 3,
                    actions: [
                        TimedAction(label: "a", start: 0, end: 1.25),
                        TimedAction(label: "b, \"c\"", start: 1.25, end: 3),
                    ])
            ])
        #expect(try read(String(decoding: list.json(), as: UTF8.self)) == list)
        #expect(
            String(decoding: list.csv(), as: UTF8.self) == """
                path,start,end,label
                long/0.mp4,0.000,1.250,"a"
                long/0.mp4,1.250,3.000,"b, ""c""\"

                """)
    }

    @Test(
        "lists that cannot be are refused with the place",
        arguments: [
            ("", "no list"), ("{}", "no list"), (#"{"labels":[],"videos":[]}"#, "labels"),
            (#"{"labels":["a","a"],"videos":[]}"#, "twice"), (#"{"labels":["a"],"videos":[]}"#, "no videos"),
            (#"{"labels":["a"],"videos":[{"path":"p","duration":0,"actions":[]}]}"#, "duration"),
            (
                #"{"labels":["a"],"videos":[{"path":"p","duration":2,"actions":[{"label":"b","start":0,"end":1}]}]}"#,
                "none of the labels"
            ),
            (
                #"{"labels":["a"],"videos":[{"path":"p","duration":2,"actions":[{"label":"a","start":1,"end":1}]}]}"#,
                "from 1.0 to 1.0"
            ),
            (
                #"{"labels":["a"],"videos":[{"path":"p","duration":2,"actions":[{"label":"a","start":0,"end":9}]}]}"#,
                "to 9.0"
            ),
        ])
    func refused(_ text: String, _ words: String) {
        do throws(any Error) {
            _ = try read(text)
            Issue.record("nothing was thrown")
        } catch {
            #expect("\(error)".contains(words))
        }
    }

    @Test("a file that is missing is an error")
    func missing() {
        #expect(throws: DatasetError.self) { try SegmentList(contentsOf: "/no/where.json") }
    }
}
