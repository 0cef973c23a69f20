import Datasets
import Foundation
import Testing
import Torch

@testable import Training

@Suite("The lists of a run")
struct RunDataTests {
    /// The data of a recipe whose clips lie in folders of classes; nothing is decoded.
    private func data(_ assignments: [String] = []) async throws -> RunData {
        try await inFolder { folder in
            for name in ["brush_hair", "kick ball"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
                try Data().write(to: folder.appending(path: "\(name)/a.mp4"))
            }
            let lists = ["lists.train={path: \(folder.path), format: class-folders}", "lists.validation="]
            return try RunData(try TrainingRecipe.find("puppets-evl", setting: lists + assignments), .alone)
        }
    }

    @Test("underscores of class names become blanks unless the recipe says otherwise")
    func names() async throws {
        let usual = try await data()
        #expect(usual.names(nil) == ["brush hair", "kick ball"])
        #expect(usual.names(.verbatim) == ["brush_hair", "kick ball"])
        let recipe = try TrainingRecipe.find("puppets-evl", setting: ["lists.text=verbatim"])
        #expect(recipe.lists.text == .verbatim)
    }

    @Test("how many broken videos and how much time are the recipe's")
    func limits() async throws {
        let usual = try await data().trainingLoader(batch: 1, .clip).settings
        #expect(usual.skipLimit == 0.05 && usual.deadline == 30)
        let own = try await data(["run.skipLimit=0.5", "run.deadline=2"])
        #expect(try own.trainingLoader(batch: 1, .clip).settings.skipLimit == 0.5)
        #expect(try own.evaluationLoader(own.train.samples, .clip).settings.deadline == 2)
    }
}
