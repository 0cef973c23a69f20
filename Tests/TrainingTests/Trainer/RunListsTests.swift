import Datasets
import Foundation
import Testing
import Torch

@testable import Training

@Suite("The lists of a run")
struct RunListsTests {
    /// Reads lists of the classes a, b and c.
    private func data(train: String, validation: String? = nil, _ assignments: String...) async throws -> RunData {
        try await inFolder { folder in
            func write(_ text: String, _ name: String) throws -> String {
                let path = folder.appending(path: name).path
                try Data(text.utf8).write(to: URL(filePath: path))
                return path
            }
            let classes = try write("a\nb\nc\n", "names.txt")
            var lists = ["lists.train={path: \(try write(train, "train.txt")), classes: \(classes)}"]
            lists.append("lists.validation=" + (try validation.map { try write($0, "validation.txt") } ?? ""))
            let multiLabel = assignments.contains("multi-label") ? ["lists.train.format=multi-label"] : []
            let recipe = try TrainingRecipe.find(
                "puppets-evl", setting: lists + multiLabel + assignments.filter { $0 != "multi-label" })
            return try RunData(recipe, .alone)
        }
    }

    @Test("a clip that shows none of several classes is trained on")
    func none() async throws {
        let data = try await data(train: "x.mp4 0 2\ny.mp4\nz.mp4 1\n", "multi-label", "run.task=multiple")
        #expect(data.train.samples.map(\.labels) == [[0, 2], [], [1]])
    }

    @Test(
        "numbers of classes that the task does not have are refused in both lists",
        arguments: [
            ("x.mp4 0\ny.mp4\n", nil, "y.mp4 has 0 labels"),
            ("x.mp4 0\ny.mp4 1\n", "u.mp4 1\nv.mp4\n", "v.mp4 has 0 labels"),
            ("x.mp4 0\ny.mp4 1\n", "u.mp4 1\nv.mp4 3\n", "v.mp4 is of class 3, but 3 are trained"),
        ])
    func refused(_ train: String, _ validation: String?, _ words: String) async throws {
        let error = await #expect(throws: TrainingError.self) { try await data(train: train, validation: validation) }
        #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }

    @Test("a line without a label says nothing where lists have one class a clip")
    func unlabelled() async throws {
        let error = await #expect(throws: TrainingError.self) {
            try await data(train: "x.mp4 0\ny.mp4\n", "run.task=multiple")
        }
        #expect(error.map { "\($0)".contains("multi-label") } == true)
        let several = await #expect(throws: TrainingError.self) {
            try await data(train: "x.mp4 0 2\ny.mp4 1\n", "multi-label")
        }
        #expect(several.map { "\($0)".contains("run.task=multiple") } == true)
    }
}
