import ArgumentParser
import CLIP
import Datasets
import Foundation
import Recognition
import Torch
import Training

struct PretrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a small CLIP from scratch on captioned clips.",
        discussion: """
            The folder holds clips and captions.jsonl, as `verb puppets` writes them. The result is a model directory.
            With a teacher it becomes a TinyCLIP of it: similarities of clips and texts follow the teacher's, and the \
            first weights may be cut out of it.

            EXAMPLES
              verb pretrain data/puppets --output models/tiny
              verb pretrain data/puppets --output models/tiny --steps 6000 --batch 64 --seed 7
              verb pretrain data/puppets --output models/student --teacher verb-tiny --inherit --vision-width 96 \
            --vision-layers 2 --text-width 64 --text-layers 2
            """)

    @Argument(help: "The folder of clips with captions.jsonl.")
    var data: String

    @Option(help: "The model directory to write; must not exist.")
    var output: String

    @Option(help: "Where all random choices begin.")
    var seed: UInt64 = 1

    @Option(help: "Number of optimiser steps.")
    var steps = PretrainingRecipe().steps

    @Option(help: "Number of clips a step.")
    var batch = PretrainingRecipe().batch

    @Option(help: "Number of frames a clip.")
    var frames = PretrainingRecipe().frames

    @Option(help: "Side of a patch in pixels.")
    var patchSize = PretrainingRecipe().patchSize

    @Option(help: "Width of the image tower, a multiple of 32.")
    var visionWidth = PretrainingRecipe().visionWidth

    @Option(help: "Blocks of the image tower.")
    var visionLayers = PretrainingRecipe().visionLayers

    @Option(help: "Width of the text tower, a multiple of 32.")
    var textWidth = PretrainingRecipe().textWidth

    @Option(help: "Blocks of the text tower.")
    var textLayers = PretrainingRecipe().textLayers

    @Option(help: ArgumentHelp("A larger CLIP to learn from, whose vocabulary is taken too.", valueName: "path|name"))
    var teacher: String?

    @Option(help: "The share of the teacher's similarities in the loss, 0 to 1; the rest is contrastive.")
    var alpha = AffinityLoss().alpha

    @Flag(help: "Cut the first weights out of the teacher, whose activation and width of heads are taken too.")
    var inherit = false

    @Option(help: "Highest learning rate.")
    var learningRate = PretrainingRecipe().learningRate

    @Option(help: "Threads of LibTorch (default: the number of cores).")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024.") }
        guard (0...1).contains(alpha) else { throw ValidationError("--alpha must be 0 to 1.") }
        guard teacher != nil || !inherit else { throw ValidationError("--inherit needs a --teacher.") }
    }

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: output) else {
            throw ValidationError("\(output) exists already; name another directory or remove it.")
        }
        let parent = URL(fileURLWithPath: output).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: parent) else {
            throw ValidationError("\(parent) is no folder that can be written to; hours of training would be lost.")
        }
        if let threads { TorchRuntime.threads = threads }
        var recipe = PretrainingRecipe()
        (recipe.seed, recipe.steps, recipe.batch, recipe.frames) = (seed, steps, batch, frames)
        (recipe.patchSize, recipe.visionWidth, recipe.visionLayers) = (patchSize, visionWidth, visionLayers)
        (recipe.textWidth, recipe.textLayers) = (textWidth, textLayers)
        recipe.learningRate = learningRate
        recipe.warmup = min(recipe.warmup, steps)
        let run = try Pretraining(
            recipe, data: CaptionedClips(folder: data, split: "train"), teacher: try await pretrainingTeacher())
        let progress = ProgressReporter("pretrain", unit: "steps")
        let outcome = try await run.run { report in
            let note = String(format: "loss %.3f, own caption first %.0f %%", report.loss, 100 * report.accuracy)
            progress.update(report.step, of: report.total, note)
        }
        try await TorchThread.run { try outcome.write(to: output, command: command) }
        print(output)
    }

    private func pretrainingTeacher() async throws -> PretrainingTeacher? {
        guard let teacher else { return nil }
        return try PretrainingTeacher(
            try await StartingPoint.named(teacher), affinity: AffinityLoss(alpha: alpha), inherits: inherit)
    }

    private var command: String {
        "verb pretrain \(data) --output \(output) --seed \(seed) --steps \(steps) --batch \(batch) --frames \(frames) "
            + "--patch-size \(patchSize) --vision-width \(visionWidth) --vision-layers \(visionLayers) "
            + "--text-width \(textWidth) --text-layers \(textLayers) --learning-rate \(learningRate)"
            + (teacher.map { " --teacher \($0) --alpha \(alpha)" } ?? "") + (inherit ? " --inherit" : "")
    }
}
