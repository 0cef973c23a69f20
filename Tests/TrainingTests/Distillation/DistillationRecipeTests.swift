import ActionModels
import Foundation
import Testing
import Torch

@testable import Training

@Suite("A student's recipe")
struct DistillationRecipeTests {
    private func recipe(_ assignments: String...) throws -> DistillationRecipe {
        let model = try TrainingRecipe.find("puppets-distillation", setting: assignments).preset.model
        guard case .distillation(_, let recipe?) = model else { throw TrainingError.badRecipe("another method") }
        return recipe
    }

    @Test("the page's defaults of each mode, and numbers beside it")
    func heads() throws {
        for mode in DistillationMode.allCases where mode.hasTwoViews && !mode.needsTeacher {
            #expect(try recipe("recipe.heads={mode: \(mode.rawValue)}").heads == TwoHeadLoss(mode))
        }
        let soft = try recipe("recipe.heads={mode: deit_soft, alpha: 0.2}", "recipe.teacher.checkpoint=t").heads
        #expect(soft?.alpha == 0.2 && soft?.temperature == 3)
    }

    @Test("ActionCLIP's keys stand beside the switches, and every switch can be left out")
    func switches() throws {
        let whole = try recipe()
        #expect(whole.actionCLIP.batch == 64 && whole.actionCLIP.aggregatorRatio == 10)
        #expect(whole.spatial?.folder == "data/puppets-spatial" && whole.spatial?.prediction == SpatialPrediction())
        let bare = try recipe(
            "recipe.heads=", "recipe.spatial=", "recipe.mode=", "recipe.temporalInit=",
            "model.aggregator.Transf.token=")
        var expected = DistillationRecipe()
        expected.actionCLIP = whole.actionCLIP
        #expect(bare == expected)
        let copy = try JSONDecoder().decode(DistillationRecipe.self, from: JSONEncoder().encode(whole))
        #expect(copy == whole)
    }

    @Test("settings of predictions and affinities can be given in part")
    func parts() throws {
        var prediction = SpatialPrediction()
        (prediction.frames, prediction.temperatures) = (4, ["place": 2])
        let some = try recipe(
            "recipe.spatial.prediction={frames: 4, temperatures: {place: 2}}",
            "recipe.teacher.checkpoint=t", "recipe.affinity={alpha: 0.5, scale: 50}")
        #expect(some.spatial?.prediction == prediction)
        var affinity = AffinityLoss(alpha: 0.5)
        affinity.scale = 50
        #expect(some.affinity == affinity)
        #expect(try recipe("recipe.teacher.checkpoint=t", "recipe.affinity={}").affinity == AffinityLoss())
        for value in [prediction, SpatialPrediction()] {
            #expect(try JSONDecoder().decode(SpatialPrediction.self, from: JSONEncoder().encode(value)) == value)
        }
        for wrong in ["recipe.spatial.prediction.frmaes=4", "recipe.affinity.alhpa=1", "recipe.affinity.scale=0"] {
            #expect(throws: TrainingError.self) { try recipe("recipe.teacher.checkpoint=t", wrong) }
        }
    }

    @Test("what each mode trains")
    func modes() {
        var recipe = DistillationRecipe()
        let names = [
            "model.visual.proj", "model.token_embedding.weight", "model.logit_scale", "fusion.token", "spatial.eta",
        ]
        #expect(names.allSatisfy(recipe.isTrained))
        recipe.mode = .frozenText
        #expect(names.filter { !recipe.isTrained($0) } == ["model.token_embedding.weight"])
        recipe.mode = .frozenBackbone
        #expect(names.filter { !recipe.isTrained($0) } == ["model.visual.proj", "model.token_embedding.weight"])
    }

    @Test("the rows of the table are the page's and one of ours, each a recipe of its own")
    func rows() throws {
        #expect(DistillationRow.all.map(\.id) == (0...10).map { "c\($0)" })
        var seen: Set<String> = []
        for row in DistillationRow.all {
            let ablation = row.ablation
            let assignments = (row.mode.needsTeacher ? ["recipe.teacher.checkpoint=c0"] : []) + ablation.assignments
            let found = try TrainingRecipe.find("puppets-distillation", setting: assignments)
            guard case .distillation(let model, let recipe?) = found.preset.model else {
                Issue.record("\(row.id) is a recipe of another method")
                continue
            }
            #expect((model.token != nil) == row.mode.hasTwoViews && (recipe.spatial != nil) == row.hasSpatial)
            #expect(recipe.heads?.mode ?? .single == row.mode && (ablation.teacher != nil) == row.mode.needsTeacher)
            #expect(row.control == nil || row.mode.needsTeacher)
            #expect(seen.insert(found.text + "\(row.isSmall)").inserted)
        }
        let controls = DistillationRow.all.filter { $0.mode.needsTeacher }
        for row in controls {
            let control = try #require(DistillationRow.all.first { $0.id == row.control })
            #expect(control.isSmall == row.isSmall && control.hasSpatial == row.hasSpatial)
            #expect(control.mode == .twoHeadGroundTruth)
        }
    }
}
