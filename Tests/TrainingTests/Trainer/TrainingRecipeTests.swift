import ActionModels
import Datasets
import Foundation
import Testing
import Training

@Suite("Training recipes")
struct TrainingRecipeTests {
    private func problem(_ assignments: String...) throws -> TrainingError {
        try #require(throws: TrainingError.self) {
            try TrainingRecipe.find("puppets-evl", setting: assignments)
        }
    }

    @Test("every bundled recipe can be read and is of another method")
    func bundled() throws {
        let recipes = try TrainingRecipe.names().map { try TrainingRecipe.find($0) }
        let kinds = recipes.map(\.preset.model.configuration.kind)
        // ActionCLIP has a second recipe, as a student.
        #expect(Set(kinds) == Set(ActionModelKind.allCases).subtracting([.clip]) && Set(kinds).count == kinds.count - 1)
        #expect(
            recipes.allSatisfy { $0.start.checkpoint == "verb-tiny" && $0.lists.train.path == "data/puppets/train.txt" }
        )
    }

    @Test("assignments stand over the file, make keys and take them away")
    func assignments() throws {
        let recipe = try TrainingRecipe.find(
            "puppets-evl",
            setting: [
                "run.seed=7", "recipe.learningRate=2e-4", "run.averaging.decay=0.99", "lists.validation=",
                "run.rates=[{prefix: proj., factor: 2}]", "lists.train.split=2", "lists.train.format=hmdb51",
                "data.evaluation.sampling={dense: {stride: 4}}",
            ])
        #expect(recipe.run.seed == 7 && recipe.run.averaging?.decay == 0.99 && recipe.lists.validation == nil)
        #expect(recipe.run.rates == [RunSettings.PartRate(prefix: "proj.", factor: 2)])
        #expect(recipe.lists.train.options.split == 2 && recipe.lists.train.options.format == .hmdb51)
        #expect(recipe.preset.data?.evaluation.sampling == .dense(stride: 4))
        guard case .evl(_, let settings) = recipe.preset.model else {
            Issue.record("another method")
            return
        }
        #expect(settings?.learningRate == 2e-4)
    }

    @Test("what a run writes down reads as the same recipe")
    func text() async throws {
        let recipe = try TrainingRecipe.find("puppets-m2clip", setting: ["run.seed=3", "recipe.loss.weights.words=0"])
        try await inFolder { folder in
            let path = folder.path + "/recipe.yaml"
            try Data(recipe.text.utf8).write(to: URL(filePath: path))
            let again = try TrainingRecipe(contentsOf: path)
            #expect(again.run == recipe.run && again.lists == recipe.lists && again.preset.model == recipe.preset.model)
            #expect(again.preset.data == recipe.preset.data && again.text == recipe.text)
        }
    }

    @Test("a recipe that nothing is set in keeps its comments, and is the same without them")
    func comments() async throws {
        let plain = try TrainingRecipe.find("puppets-evl")
        #expect(plain.text.contains("# the bundled CLIP of Puppets"))
        let set = try TrainingRecipe.find("puppets-evl", setting: ["run.seed=\(plain.run.seed)"])
        #expect(!set.text.contains("#") && set.run == plain.run && set.preset == plain.preset)
    }

    @Test("a list is replaced whole, with all that was said of it")
    func otherList() throws {
        let split = ["lists.train={path: hmdb, format: hmdb51, part: train, root: videos}"]
        let path = try TrainingRecipe.find("puppets-evl", setting: split + ["lists.train.path=draw.txt"])
        #expect(path.lists.train.options.part == .train && path.lists.train.options.root == "videos")
        let whole = try TrainingRecipe.find(
            "puppets-evl", setting: split + ["lists.train={path: draw.txt, classes: draw.classes.txt}"])
        var options = ListOptions()
        options.classes = "draw.classes.txt"
        #expect(whole.lists.train == ListReference(path: "draw.txt", options: options))
    }

    @Test(
        "wrong values name the key and the remedy",
        arguments: [
            ("run.sed=1", "run.sed: there is no such key; the nearest is seed"),
            ("recpe.batch=1", "recpe: there is no such key; the nearest is recipe"),
            ("run.seed=-1", "run.seed: a whole number from 0"), ("run.precision=float8", "there is no float8"),
            ("run", "expected key=value"), ("run..seed=1", "a key is words"), ("title.x=1", "title"),
            ("run.features={folder: f, storage: float16}", "run.isFixed=true"),
            ("run.mixing={mixup: 1}", "run.mixing: the key"), ("run.gradientClip=0", "run.gradientClip is 0"),
            ("data.training=", "data.training"), ("recipe=", "recipe"), ("start=", "start"), ("lists=", "lists"),
            ("run.skipLimit=1.5", "run.skipLimit is 1.5"), ("run.skipLimit=-0.1", "run.skipLimit is -0.1"),
            ("run.deadline=0", "run.deadline is 0.0 seconds"), ("run.deadline=1e9", "at most a day"),
            ("run.seed=[", "not readable as YAML"), ("run.layerDecay=-1", "run.layerDecay is -1"),
        ])
    func refusals(_ assignment: String, _ words: String) throws {
        let error = try problem(assignment)
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test(
        "settings that mean nothing to the number of classes a clip has are refused",
        arguments: [
            ("run.metric=map", "run.metric map"), ("run={task: multiple, metric: mean_class}", "run.metric mean_class"),
            ("run={task: multiple, labelSmoothing: 0.1}", "run.labelSmoothing"),
        ])
    func task(_ assignment: String, _ words: String) throws {
        let error = try problem(assignment)
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test("a misspelt recipe is told what there is")
    func unknown() throws {
        let error = try #require(throws: TrainingError.self) { try TrainingRecipe.find("puppets-elv") }
        #expect("\(error)".contains("puppets-evl"))
    }
}
