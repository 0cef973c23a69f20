import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("Losses of the two-headed student against the reference")
struct TwoHeadLossParityTests {
    private struct Case: Decodable {
        struct Config: Decodable {
            let classes: Int
            let student_scale: Double
            let teacher_scale: Double
            let evaluation_scale: Double
        }
        struct Variant: Decodable {
            let name: String
            let alpha: Double?
            let tau: Double?
        }
        let config: Config
        let variants: [Variant]
        let tolerance: Tolerance
    }

    private static let modes: [String: DistillationMode] = [
        "single_head": .single, "two_head_ground_truth": .twoHeadGroundTruth, "two_head_hard_batch": .deitHard,
        "two_head_hard_classes": .deitHardClasses, "two_head_soft": .deitSoft,
    ]

    /// The student's leaves of one variant, and everything that the losses read.
    private struct Student {
        let frame: Tensor, token: Tensor, texts: Tensor, logScale: Tensor
        let labels: Tensor, prompts: [Int], classes: Int

        init(_ recorded: RecordedTensors, _ config: Case.Config) throws {
            func leaf(_ tensor: Tensor) -> Tensor {
                let copy = tensor.cloned()
                copy.setRequiresGradient(true)
                return copy
            }
            frame = leaf(try recorded.required("inputs.v_frame"))
            token = leaf(try recorded.required("inputs.v_token"))
            texts = leaf(try recorded.required("inputs.class_text"))
            logScale = leaf(Tensor(Float(log(config.student_scale))))
            labels = try recorded.required("inputs.labels")
            prompts = try recorded.required("inputs.prompt_ids").array(of: Int.self)
            classes = config.classes
        }

        /// Row i is the text of class i under prompt i.
        func texts(of labels: Tensor) -> Tensor {
            let rows = zip(prompts, labels.array(of: Int.self)).map { $0 * classes + $1 }
            return texts.reshaped(-1, texts.shape[2]).selected(0, Tensor(rows))
        }

        func inputs(_ teacher: TeacherScores) -> TwoHeadLoss.Inputs {
            var inputs = TwoHeadLoss.Inputs(
                views: VideoViews(frame: frame, token: token), texts: texts(of: labels), labels: labels,
                logitScale: logScale)
            inputs.teacher = teacher
            inputs.teacherTexts = texts(of: teacher.labels)
            inputs.classes = LabelFeatures(texts.reshaped(-1, texts.shape[2]), labels: classes).classVectors
            return inputs
        }
    }

    private func teacher(_ recorded: RecordedTensors, _ facts: Case) throws -> TeacherScores {
        let texts = try recorded.required("inputs.teacher_class_text")
        let labels = LabelFeatures(texts.reshaped(-1, texts.shape[2]), labels: facts.config.classes)
        let scoring = TextScoring(scale: facts.config.teacher_scale, ensemble: .probabilities, templates: [])
        let features = ClipFeatures(embedding: try recorded.required("inputs.teacher_video"))
        let scores = TeacherScores(features, of: labels, by: scoring)
        recorded.compare(scores.logits, "outputs.teacher_logits", facts.tolerance)
        recorded.compare(
            scoring.probabilities(features, of: labels), "outputs.teacher_probabilities", facts.tolerance)
        recorded.compare(scores.labels, "outputs.teacher_labels", .exact)
        return scores
    }

    @Test("losses, gradients and fused probabilities", arguments: Fixture.all("clip", "two_head_losses"))
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let teacher = try teacher(recorded, facts)
        for variant in facts.variants {
            let mode = try #require(Self.modes[variant.name], "a variant \(variant.name) that no test knows")
            try compare(variant, mode, teacher, facts, recorded)
        }
        try compareFusions(facts, recorded)
        let labels = try recorded.required("inputs.labels")
        let target = (SoftTargetContrastiveLoss.groundTruth(labels) * 10).softmax(-1)
        recorded.compare(target, "outputs.target_distribution", facts.tolerance)
        recorded.expectAllTaken()
    }

    private func compare(
        _ variant: Case.Variant, _ mode: DistillationMode, _ teacher: TeacherScores, _ facts: Case,
        _ recorded: RecordedTensors
    ) throws {
        let student = try Student(recorded, facts.config)
        var loss = TwoHeadLoss(mode)
        // The page's defaults are those of the case.
        #expect(variant.alpha == nil || variant.alpha == loss.alpha)
        #expect(variant.tau == nil || variant.tau == loss.temperature)
        loss.alpha = variant.alpha ?? loss.alpha
        loss.temperature = variant.tau ?? loss.temperature
        try loss.validate()
        let value = loss(student.inputs(teacher))
        recorded.compare(value.total, "losses.\(variant.name)", facts.tolerance)
        value.total.backward()
        let leaves = [
            "v_frame": student.frame, "v_token": student.token, "class_text": student.texts,
            "log_scale": student.logScale,
        ]
        #expect(recorded.names(below: "grads.\(variant.name).") == Set(leaves.keys))
        for (name, leaf) in leaves {
            // What a loss does not read has no gradient; the reference records zeros.
            recorded.compare(
                leaf.gradient ?? .zeros(leaf.shape), "grads.\(variant.name).\(name)", facts.tolerance)
        }
    }

    private func compareFusions(_ facts: Case, _ recorded: RecordedTensors) throws {
        let texts = try recorded.required("inputs.class_text")
        let labels = LabelFeatures(texts.reshaped(-1, texts.shape[2]), labels: facts.config.classes)
        let features = ClipFeatures(
            embedding: try recorded.required("inputs.v_frame"), token: try recorded.required("inputs.v_token"))
        let scoring = TextScoring(scale: facts.config.evaluation_scale, ensemble: .probabilities, templates: [])
        for (name, fusion) in [
            ("prob_frame", ViewFusion.frame), ("prob_token", .token), ("prob_average", .averageProbabilities),
            ("prob_average_embedding", .averageEmbedding),
        ] {
            recorded.compare(
                scoring.fusing(by: fusion).probabilities(features, of: labels), "outputs.\(name)", facts.tolerance)
        }
    }
}

@Suite("Losses of the two-headed student")
struct TwoHeadLossTests {
    private let labels = Tensor([0, 3, 3, 1, 4, 0])

    /// A batch of random features; everything is there.
    private func inputs(_ teacherLabels: Tensor, seed: UInt64 = 1) -> TwoHeadLoss.Inputs {
        let generator = Generator(seed: seed)
        func leaf(_ shape: [Int]) -> Tensor {
            let tensor = generator.normal(shape)
            tensor.setRequiresGradient(true)
            return tensor
        }
        let prompts = leaf([5, 8]), views = VideoViews(frame: leaf([6, 8]), token: leaf([6, 8]))
        var inputs = TwoHeadLoss.Inputs(
            views: views, texts: prompts.selected(0, labels), labels: labels, logitScale: Tensor(Float(2.5)))
        inputs.teacher = TeacherScores(logits: generator.normal([6, 5]), labels: teacherLabels)
        inputs.teacherTexts = prompts.selected(0, teacherLabels)
        inputs.classes = prompts.normalized()
        return inputs
    }

    @Test("two heads on the ground truth with alpha 0 are one head", arguments: DistillationMode.allCases)
    func noAlpha(_ mode: DistillationMode) throws {
        let inputs = inputs(labels)
        var loss = TwoHeadLoss(mode)
        loss.alpha = 0
        var expected = inputs
        // The frame view has the teacher when the views are exchanged.
        if mode == .swap { expected.views = VideoViews(frame: try #require(inputs.views.token)) }
        expectClose(loss(inputs).total, TwoHeadLoss(.single)(expected).total, absolute: 0, relative: 0)
    }

    @Test("a teacher that says the ground truth is no teacher")
    func teacherIsTruth() throws {
        func run(_ mode: DistillationMode) throws -> (Tensor, Tensor, Tensor) {
            let inputs = inputs(labels), value = TwoHeadLoss(mode)(inputs)
            value.total.backward()
            let token = try #require(inputs.views.token)
            return (value.total, try #require(inputs.views.frame.gradient), try #require(token.gradient))
        }
        let (control, hard) = (try run(.twoHeadGroundTruth), try run(.deitHard))
        expectClose(hard.0, control.0, absolute: 0, relative: 0)
        expectClose(hard.1, control.1, absolute: 0, relative: 0)
        expectClose(hard.2, control.2, absolute: 0, relative: 0)
    }

    @Test("exchanged views are the same loss of exchanged views")
    func swapped() throws {
        let inputs = inputs(Tensor([1, 3, 2, 1, 0, 0]))
        var mirrored = inputs
        mirrored.views = VideoViews(frame: try #require(inputs.views.token), token: inputs.views.frame)
        expectClose(TwoHeadLoss(.swap)(inputs).total, TwoHeadLoss(.deitHard)(mirrored).total, absolute: 0, relative: 0)
    }

    @Test("the code's soft loss is the paper's by the number of classes; a teacher like the student costs nothing")
    func soft() throws {
        var inputs = inputs(labels)
        var paper = TwoHeadLoss(.deitSoft), code = TwoHeadLoss(.deitSoftCode)
        (paper.temperature, code.temperature) = (2, 2)
        let (a, b) = (try #require(paper(inputs).second), try #require(code(inputs).second))
        expectClose(b * 5, a, absolute: 1e-5)
        let own = try #require(inputs.views.token).normalized().matmul(try #require(inputs.classes).transposed())
        inputs.teacher = TeacherScores(logits: own * inputs.logitScale.exp)
        expectClose(try #require(paper(inputs).second), Tensor(Float(0)), absolute: 1e-5)
        #expect(inputs.teacher?.logits.requiresGradient == false)
    }

    @Test("each mode reads what it says it needs, and traps without")
    func needs() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let texts = Generator(seed: 1).normal([2, 4])
            let views = VideoViews(frame: Generator(seed: 2).normal([2, 4]))
            _ = TwoHeadLoss(.twoHeadGroundTruth)(
                .init(views: views, texts: texts, labels: Tensor([0, 1]), logitScale: Tensor(Float(0))))
        }
        expectMessage(result, "TwoHeadLoss: two_head_gt of a model with one head")
        #expect(DistillationMode.allCases.filter { !$0.needsTeacher } == [.single, .twoHeadGroundTruth])
        #expect(DistillationMode.allCases.filter(\.needsTeacherTexts) == [.deitHard, .swap])
        #expect(
            DistillationMode.allCases.filter(\.needsClassVectors) == [.deitHardClasses, .deitSoft, .deitSoftCode])
        #expect(
            DistillationMode.allCases.map(\.rawValue) == [
                "single", "two_head_gt", "deit_hard", "deit_hard_classes", "deit_soft", "deit_soft_code", "swap",
            ])
    }

    @Test(
        "numbers that cannot be",
        arguments: [(-0.1, 1.0), (1.1, 1.0), (Double.nan, 1.0), (0.5, 0.0), (0.5, -1.0), (0.5, Double.infinity)])
    func refused(_ alpha: Double, _ temperature: Double) {
        var loss = TwoHeadLoss(.deitSoft)
        (loss.alpha, loss.temperature) = (alpha, temperature)
        #expect(throws: TrainingError.self) { try loss.validate() }
    }

    @Test("the settings come back from a file")
    func json() throws {
        for mode in DistillationMode.allCases {
            let loss = TwoHeadLoss(mode)
            #expect(try JSONDecoder().decode(TwoHeadLoss.self, from: JSONEncoder().encode(loss)) == loss)
        }
    }

    @Test("with everything off it is ActionCLIP's training, losses and gradients")
    func actionCLIP() throws {
        let clip = CLIPConfiguration(
            embedDim: 8,
            vision: VisionConfiguration(
                imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 1, heads: 2)),
            text: TextConfiguration(
                contextLength: 6, vocabularySize: 20, blocks: TransformerConfiguration(width: 8, layers: 1, heads: 2)),
            activation: .gelu)
        let configuration = ActionCLIPConfiguration(clip: clip, frames: 2)
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 1))) { ActionCLIP($0, configuration) }
        parameters.train { _ in true }
        let clips = Generator(seed: 2).normal([3, 2, 3, 8, 8]), labels = Tensor([0, 1, 0])
        let tokens = Tensor([1, 4, 19, 1, 5, 19, 1, 6, 19] as [Int32], shape: [3, 3])
        func gradients(_ loss: Tensor) -> [String: Tensor] {
            for name in parameters.names { parameters[name]?.clearGradient() }
            loss.backward()
            return Dictionary(
                uniqueKeysWithValues: parameters.names.compactMap { name in
                    parameters[name]?.gradient.map { (name, $0.cloned()) }
                })
        }
        let reference = ActionCLIPRecipe().loss(of: model, clips: clips, tokens: tokens, labels: labels).total
        let own = TwoHeadLoss(.single)(
            .init(
                views: model.views(of: clips, training: true), texts: model.encodeText(tokens), labels: labels,
                logitScale: model.clip.logitScale)
        ).total
        expectClose(own, reference, absolute: 0, relative: 0)
        let (a, b) = (gradients(own), gradients(reference))
        #expect(Set(a.keys) == Set(b.keys) && a.count == parameters.names.count)
        for (name, gradient) in a { expectClose(gradient, b[name], absolute: 0, relative: 0, name) }
    }
}
