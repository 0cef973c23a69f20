import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Training

@Suite("Preset files of users")
struct PresetFileTests {
    private static let valid = """
        title: mine
        source: me
        method: st-adapter
        model:
          vision:
            imageSize: 8
            patchSize: 4
            blocks: {width: 16, layers: 2, heads: 2, mlpWidth: 64}
          activation: quick_gelu
          layerNormEps: 1e-5
          frames: 4
          classes: 3
          adapterWidth: 6
          adapterLayers: 2
          placement: before_mlp
          kernel: {frames: 3, rows: 1, columns: 1}
          dropout: 0.5
        recipe:
          batch: 8
          learningRate: 1e-3
          weightDecay: 0.01
          beta1: 0.9
          beta2: 0.999
          eps: 1e-8
          epochs: 3
          warmupEpochs: 1
        data:
          evaluation:
            sampling: uniform
            temporalViews: 1
            crops: 3
            shortSide: 8
            resize: bicubic
        """

    private static let twoHeaded = """
        title: mine
        source: me
        method: actionclip
        model:
          clip:
            embedDim: 8
            vision:
              imageSize: 8
              patchSize: 4
              blocks: {width: 16, layers: 2, heads: 2, mlpWidth: 64}
            text:
              contextLength: 9
              vocabularySize: 20
              blocks: {width: 8, layers: 2, heads: 2, mlpWidth: 32}
              pooling: largestToken
            activation: gelu
            layerNormEps: 1e-5
          frames: 4
          aggregator:
            Transf:
              positions: 9
              layers: 2
              heads: 1
              layerNormEps: 1e-12
              token: {residual: 0.5, hidesFromFrames: true, projection: separate, readout: token, level: spatial}
          temporal: none
          dropout: 0
          embeddingDropout: 0
          fusion: average_logit
        """

    @Test("two heads are written as keys of the aggregator, and the fusion of their views beside it")
    func twoHeads() throws {
        let (preset, problem) = try read(Self.twoHeaded)
        #expect(problem == "")
        guard case .actionCLIP(let configuration, nil) = try #require(preset).model else {
            Issue.record("another method")
            return
        }
        var view = TokenView()
        (view.residual, view.hidesFromFrames) = (0.5, true)
        (view.projection, view.level) = (.separate, .spatial)
        #expect(configuration.token == view && configuration.fusion == .averageLogits)
        let misspelt = try read(Self.twoHeaded.replacing("hidesFromFrames", with: "hideFromFrames")).problem
        #expect(misspelt.contains("hidesFromFrames"), "\(misspelt)")
        let spatial = try read(Self.twoHeaded.replacing("temporal: none", with: "temporal: shift")).problem
        #expect(spatial.contains("token level spatial"), "\(spatial)")
    }

    /// Reads a text as a file; the error's words without the folder.
    private func read(_ text: String, name: String = "mine.yaml") throws -> (preset: Preset?, problem: String) {
        try read(Data(text.utf8), name: name)
    }

    private func read(_ data: Data, name: String = "mine.yaml") throws -> (preset: Preset?, problem: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "presets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try data.write(to: file)
        do throws(TrainingError) { return (try Preset.find(file.path), "") } catch {
            return (nil, "\(error)".replacing(folder.path + "/", with: ""))
        }
    }

    @Test("a file of one's own is read, by its path")
    func own() throws {
        let (preset, problem) = try read(Self.valid)
        #expect(problem == "")
        let mine = try #require(preset)
        #expect(mine.name == "mine" && mine.title == "mine" && mine.model.configuration.frames == 4)
        guard case .stAdapter(let configuration, let recipe) = mine.model else {
            Issue.record("another method")
            return
        }
        #expect(configuration.vision.blocks.heads == [2, 2] && configuration.vision.blocks.headWidth == 8)
        #expect(recipe?.batch == 8 && recipe?.learningRate == 1e-3)
        #expect(mine.data?.evaluation.sampling == .uniform && mine.data?.training == nil)
        #expect(try read(Self.valid, name: "x.yml").preset?.name == "x")
    }

    @Test("line ends of any kind and a byte order mark change nothing; lines are still counted")
    func lineEnds() throws {
        let expected = try read(Self.valid).preset
        for end in ["\r\n", "\r"] {
            // Long enough that the file would be too long as one line.
            let text = Self.valid + "\n" + String(repeating: "# a comment\n", count: 200)
            let (preset, problem) = try read("\u{FEFF}" + text.replacing("\n", with: end))
            #expect(problem == "" && preset == expected)
            let wrong = Self.valid.replacing("frames: 4", with: "\n  frames: four").replacing("\n", with: end)
            let line = try #require(
                wrong.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                    .firstIndex { $0.contains("four") })
            #expect(try read(wrong).problem.hasPrefix("mine.yaml:\(line + 1): model.frames"))
        }
        let anchored = Self.valid.replacing("title: mine", with: "title: &a mine").replacing("\n", with: "\r\n")
        #expect(try read(anchored).problem.hasPrefix("mine.yaml:1: anchors"))
    }

    /// A change of the valid file: what to replace by what, the key that the error names and a part of its words.
    private static let bad: [(String, String, String, String)] = [
        ("title: mine", "", "", "title is missing"),
        ("method: st-adapter", "method: tsn", "method", "actionclip, m2clip, evl, st-adapter"),
        ("frames: 4", "frames: 4\n  Frames: 4", "model.Frames", "no such key"),
        ("imageSize: 8", "imageSize: 8\n    size: 8", "model.vision.size", "known here: blocks, imageSize, patchSize"),
        ("mlpWidth: 64", "mlpWidth: 64, headWidth: 8", "model.vision.blocks.headWidth", "no such key"),
        ("frames: 4", "frames: 4\n  frames: 4", "", "twice"),
        ("frames: 4", "", "model", "frames is missing"),
        ("frames: 4", "frames: four", "model.frames", "a whole number is wanted here, not four"),
        ("frames: 4", "frames: 4.0", "model.frames", "a whole number"),
        ("frames: 4", "frames: '4'", "model.frames", "a whole number"),
        ("frames: 4", "frames: [4]", "model.frames", "a whole number"),
        ("frames: 4", "frames:", "model.frames", "a whole number"),
        ("frames: 4", "frames: 99999999999999999999", "model.frames", "a whole number"),
        ("dropout: 0.5", "dropout: .inf", "model.dropout", "a number"),
        ("dropout: 0.5", "dropout: 1.5", "model", "dropout is 1.5"),
        (
            "placement: before_mlp", "placement: behind", "model.placement",
            "there is no behind; it must be before_attention"
        ),
        ("layers: 2", "layers: 1000000000", "model.vision.blocks.layers", "1000000000 blocks"),
        ("heads: 2", "heads: 0", "model.vision.blocks.heads", "do not divide"),
        ("patchSize: 4", "patchSize: 0", "model", "patch_size"),
        ("frames: 4", "frames: -1", "model", "frames is -1"),
        ("batch: 8", "batch: 0", "recipe", "batch is 0"),
        ("epochs: 3", "epochs: 3\n  momentum: 1", "recipe.momentum", "no such key"),
        ("sampling: uniform", "sampling: sparse", "data.evaluation.sampling", "one of the choices is wanted here"),
        ("sampling: uniform", "sampling: {dense: {stride: 0}}", "data.evaluation.sampling", "stride"),
        ("sampling: uniform", "sampling: {dense: {}}", "data.evaluation.sampling.dense", "stride is missing"),
        (
            "sampling: uniform", "sampling: {uniform: {stride: 2}}", "data.evaluation.sampling.uniform.stride",
            "no such key"
        ),
        ("sampling: uniform", "sampling: 5", "data.evaluation.sampling", "keys with values"),
        ("crops: 3", "crops: 2", "data.evaluation.crops", "1, 3 or 4"),
        ("temporalViews: 1", "temporalViews: 0", "data.evaluation.temporalViews", "1 to 100"),
        ("shortSide: 8", "shortSide: 7", "data.evaluation.shortSide", "image size 8"),
        ("resize: bicubic", "resize: lanczos", "data.evaluation.resize", "pillow_bilinear"),
        (
            "temporalViews: 1", "temporalViews: 2", "data.evaluation.temporalViews",
            "must be 1 where the sampling is not dense"
        ),
        ("model:", "model: &a", "", "anchors"),
        ("frames: 4", "frames: !!int 4", "", "tags (!)"),
        ("frames: 4", "frames:   !!str 4", "", "tags (!)"),
        ("title: mine", "title: ! mine", "", "tags (!)"),
        ("kernel: {frames: 3", "kernel: {!!str frames: 3", "", "tags (!)"),
        ("model:", "model: !<tag:yaml.org,2002:map>", "", "tags (!)"),
        ("source: me", "source:\n  !mine me", "", "tags (!)"),
        ("source: me", "source: [me", "", "not readable as YAML"),
        ("source: me", "source: *a", "", "undefined alias"),
        ("source: me", "? [a, b]\n: 5\nsource: me", "?", "no such key"),
        ("title: mine", "title: mine\n---\ntitle: other", "", "another document"),
    ]

    @Test("what is wrong is named with file, line, key and what to do", arguments: bad.indices)
    func broken(_ index: Int) throws {
        let (old, new, key, words) = Self.bad[index]
        #expect(Self.valid.contains(old))
        let problem = try read(Self.valid.replacing(old, with: new, maxReplacements: 1)).problem
        #expect(problem.hasPrefix("mine.yaml"), "\(problem)")
        #expect(problem.contains(words), "\(problem)")
        #expect(key.isEmpty || problem.contains(" \(key): "), "\(problem)")
    }

    @Test("several clips along time need a rate")
    func views() throws {
        let dense = Self.valid.replacing("sampling: uniform", with: "sampling: {dense: {stride: 4}}")
        let preset = try read(dense.replacing("temporalViews: 1", with: "temporalViews: 3")).preset
        #expect(preset?.data?.evaluation.temporalViews == 3)
    }

    @Test("exclamation marks in texts are no tags")
    func exclamation() throws {
        let preset = try read(Self.valid.replacing("title: mine", with: "title: mine! '!' it's a-!b")).preset
        #expect(preset?.title == "mine! '!' it's a-!b")
    }

    @Test("the line of a problem is the file's")
    func lines() throws {
        let problem = try read(Self.valid.replacing("  classes: 3", with: "  classes: three")).problem
        #expect(problem.hasPrefix("mine.yaml:12: model.classes: "), "\(problem)")
        let unknown = try read(Self.valid + "\nextra: 1").problem
        let last = Self.valid.split(separator: "\n").count + 1
        #expect(unknown.hasPrefix("mine.yaml:\(last): extra: "), "\(unknown)")
    }

    @Test("texts that are no preset at all")
    func garbage() throws {
        let deep = String(repeating: "[", count: 60_000), dashes = String(repeating: "- ", count: 30_000)
        let lines = (0..<900).map { String(repeating: " ", count: $0 % 60) + "- a" }.joined(separator: "\n")
        let bombs = ["a: &a [x]\nb: [*a, *a]", deep, dashes, String(repeating: "[\n", count: 30_000), lines]
        for text in ["", "5", "- a", "\u{0}\u{1}", "key", "a: b: c", "\t- x", "!!python/object:os.system x"] + bombs {
            #expect(try read(text).problem.hasPrefix("mine.yaml"), "\(text.prefix(40))")
        }
        #expect(try read(Data([0xff, 0xfe, 0x00])).problem.contains("UTF-8"))
        #expect(try read(Data(repeating: 0x20, count: 1 << 20)).problem.contains("larger"))
    }

    @Test("paths that are no files")
    func paths() throws {
        for path in ["/nowhere/x.yaml", FileManager.default.temporaryDirectory.path + "/.yaml", "/dev/zero.yaml"] {
            let error = #expect(throws: TrainingError.self) { try Preset.find(path) }
            #expect(try #require(error).description.contains("cannot be read"))
        }
        #expect(throws: TrainingError.self) { try Preset(contentsOf: "/dev/zero") }
        #expect(throws: TrainingError.self) { try Preset(contentsOf: "/tmp") }
    }

    /// Changes of a bundled file's numbers to ones whose product no machine could compute.
    private static let absurd: [(String, [String: String])] = [
        (
            "actionclip-b32-k400-8f-joint",
            ["imageSize": "224", "patchSize": "1", "width": "32768", "layers": "1024", "heads": "512", "frames": "20"]
        ),
        ("actionclip-b32-k400-8f", ["imageSize": "8192", "patchSize": "16", "width": "32768", "layers": "1024"]),
        ("m2clip-b16-12x384-k400", ["imageSize": "8192", "frames": "1024", "layers": "1024"]),
        ("evl-b16-k400-8f", ["imageSize": "1024", "frames": "1024", "decoderWidth": "32760"]),
        ("st-adapter-b16-12x384-k400", ["imageSize": "8192", "frames": "1024", "adapterWidth": "8192"]),
        ("actionclip-b16-k400-32f", ["frames": "9223372036854775807"]),
        ("evl-b16-k400-8f", ["decoderLayers": "9223372036854775807"]),
        ("m2clip-b16-12x384-k400", ["classes": "9223372036854775807", "labelWords": "-9223372036854775808"]),
    ]

    @Test("absurd sizes are refused or counted, and never end the process", arguments: absurd.indices)
    func absurdSizes(_ index: Int) throws {
        let (name, changes) = Self.absurd[index]
        let lines = try lines(of: name)
        let changed = lines.map { line in
            let key = line.split(separator: ":").first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
            return changes[key].map { line.prefix { $0 == " " } + "\(key): \($0)" } ?? line
        }
        let (preset, problem) = try read(changed.joined(separator: "\n"))
        #expect(
            preset.map { $0.model.configuration.cost().clipMACs > 0 && $0.model.configuration.cost().parameters > 0 }
                ?? !problem.isEmpty)
    }

    /// The lines of a bundled file.
    private func lines(of name: String) throws -> [Substring] {
        let folder = try #require(Bundle.main.executableURL).resolvingSymlinksInPath().deletingLastPathComponent()
        let file = folder.appending(path: "verb_Training.resources/presets/\(name).yaml")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test(
        "bundled files are strict everywhere: no key more, none less",
        arguments: [
            "actionclip-b32-k400-8f", "m2clip-b16-24x384-ssv2", "evl-l14-k400-32f", "st-adapter-b16-12x384-k400",
        ])
    func strict(_ name: String) throws {
        let lines = try lines(of: name)
        var counts = (mappings: 0, values: 0)
        for (number, line) in lines.enumerated() {
            let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard text.contains(":") else { continue }
            var changed = lines
            if text.hasSuffix(":") {
                counts.mappings += 1
                changed.insert(line.prefix { $0 == " " } + "  bogus: 1", at: number + 1)
                let problem = try read(changed.joined(separator: "\n")).problem
                #expect(
                    problem.contains(text == "templates:" ? "mine.yaml" : ".bogus: there is no such key"), "\(problem)")
            } else {
                counts.values += 1
                changed.remove(at: number)
                let problem = try read(changed.joined(separator: "\n")).problem
                let isOptional = text.hasPrefix("perFrameColour:")
                #expect(problem.isEmpty == isOptional, "\(name) without \(text)")
            }
        }
        #expect(counts.mappings >= 5 && counts.values >= 20)
    }
}
