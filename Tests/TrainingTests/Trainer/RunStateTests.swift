import Foundation
import Testing

@testable import Training

@Suite("The state of a run")
struct RunStateTests {
    private func sources(_ changes: [String: String] = [:]) throws -> RunSources {
        let names = ["trainList", "validationList", "classes", "startWeights"]
        let values = Dictionary(uniqueKeysWithValues: names.map { ($0, changes[$0] ?? "of \($0)") })
        return try JSONDecoder().decode(RunSources.self, from: JSONEncoder().encode(values))
    }

    @Test("a run goes on from what it began with only", arguments: ["trainList", "validationList", "classes"])
    func refused(_ name: String) throws {
        var state = RunState()
        state.sources = try sources()
        let folder = RunFolder("runs/mine")
        try state.check(try sources(), in: folder)
        let changed = try sources([name: "new"])
        let error = #expect(throws: TrainingError.self) { try state.check(changed, in: folder) }
        let words = "runs/mine holds a run that began from something else: \(name) is new here and of \(name) there"
        #expect(error?.description.hasPrefix(words) == true, "\(String(describing: error))")
    }

    @Test("lessons must be those of the checkpoint; what it did not note yet is not compared")
    func lessons() throws {
        var state = RunState(), before = try sources(), now = before
        before.lessons = ["the teacher": "a"]
        state.sources = before
        now.lessons = ["the teacher": "a", "the teacher's architecture": "b"]
        try state.check(now, in: RunFolder("runs/mine"))
        for lessons in [["the teacher": "c"], ["the teacher's architecture": "b"], nil] {
            now.lessons = lessons
            let changed = now
            #expect(throws: TrainingError.self) { try state.check(changed, in: RunFolder("runs/mine")) }
        }
    }

    @Test("a checkpoint of before goes on without being compared")
    func older() throws {
        let text = #"{"version":1,"step":7,"evaluationsWithoutBest":2,"seconds":1.5,"evaluatedStep":6}"#
        let state = try JSONDecoder().decode(RunState.self, from: Data(text.utf8))
        #expect(state.step == 7 && state.evaluatedStep == 6 && state.sources == nil)
        try state.check(try sources(), in: RunFolder("runs/mine"))
    }
}
