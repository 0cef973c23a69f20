import ActionModels
import CLIP
import Foundation
import Torch
import Training
import Video

/// What the training runs read: videos, lists, a CLIP ViT-B/16 with random weights, recipes.
struct TrainingFiles {
    let folder: String
    /// The file of CLIP's vocabulary.
    let vocabulary: String

    static let frames = 160
    private static let videos = 8

    /// 400 names out of as many words as it takes.
    static let classes: [String] = {
        let deeds = "lifting throwing pushing pulling turning opening closing holding kicking catching"
            .split(separator: " ")
        let things = "a ball|a box|a door|a chair|one hand|both hands|one leg|a cup|a rope|a stick".split(
            separator: "|")
        let manners = ["slowly", "quickly", "twice", "again"]
        return deeds.flatMap { deed in things.flatMap { thing in manners.map { "\(deed) \(thing) \($0)" } } }
    }()

    /// The number of words that M2-CLIP tells masked words from.
    static let labelWords = LabelVocabulary(classes: classes).count

    var start: String { "\(folder)/start" }
    func recipe(_ item: TrainingCase) -> String { "\(folder)/\(item.rawValue).yaml" }

    func tokenizer() throws -> Tokenizer {
        try Tokenizer(contentsOf: URL(fileURLWithPath: vocabulary))
    }

    /// Writes what is not there yet.
    func write(_ note: (String) -> Void) async throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try writeVideos(note)
        try Self.classes.joined(separator: "\n").write(
            toFile: "\(folder)/classes.txt", atomically: true, encoding: .utf8)
        let lines = (0..<64 * Self.videos).map { "clip-\($0 % Self.videos).mp4 \($0 * 7 % Self.classes.count)" }
        try lines.joined(separator: "\n").write(toFile: "\(folder)/train.txt", atomically: true, encoding: .utf8)
        for item in TrainingCase.allCases { try writeRecipe(item) }
        guard !files.fileExists(atPath: start) else { return }
        note("writing a CLIP with random weights")
        guard case .actionCLIP(let sizes, _) = try Preset.named(TrainingCase.actionCLIP.preset).model else { return }
        let path = start
        try await TorchThread.run {
            let parameters = try Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, sizes.clip) }.parameters
            try ModelDirectory.write(
                to: path, configuration: sizes.clip, preprocessing: Preprocessing(imageSize: 224),
                tensors: parameters.tensors)
        }
    }

    private func writeVideos(_ note: (String) -> Void) throws {
        for number in 0..<Self.videos {
            let path = "\(folder)/clip-\(number).mp4"
            if FileManager.default.fileExists(atPath: path) { continue }
            note("writing \(path)")
            let picture = MovingPicture(width: 340, height: 256)
            let writer = try VideoWriter(path: path, width: 340, height: 256, rate: (30, 1))
            for frame in 0..<Self.frames { try writer.append(picture.frame(frame + number * Self.frames)) }
            try writer.finish()
        }
    }

    /// A preset with the rest of a run.
    private func writeRecipe(_ item: TrainingCase) throws {
        let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        let preset = program.resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("verb_Training.resources/presets/\(item.preset).yaml")
        let text =
            try String(contentsOf: preset, encoding: .utf8) + """

                start:
                  checkpoint: \(start)

                lists:
                  train:
                    path: \(folder)/train.txt
                    classes: \(folder)/classes.txt

                run:
                  dropsLast: true
                  evaluateEvery: 0

                """
        try text.write(toFile: recipe(item), atomically: true, encoding: .utf8)
    }
}
