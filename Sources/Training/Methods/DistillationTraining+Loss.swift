internal import ActionModels
internal import CLIP
internal import Torch

extension DistillationTraining {
    /// The total loss over the clips of all processes.
    ///
    /// - Parameters:
    ///   - batch: clips, labels and sentences.
    ///   - processes: the other processes of the run.
    /// - Returns: the share, and each term's, not weighted.
    /// - Throws: `ProcessGroupError` when another process is gone.
    public func loss(of batch: TrainingBatch, across processes: LossSharing) throws -> StepLoss {
        guard let texts = batch.texts else { fatalError("Distillation: a batch without sentences") }
        let student = try encoded(batch, texts, processes)
        let taught = try taught(batch, texts, processes)
        let heads = recipe.heads ?? TwoHeadLoss(.single)
        let value = heads(inputs(student, taught, heads.mode))
        let share = processes.share(ofMeanOver: student.labels.shape[0], of: batch)
        var total = value.total
        var parts = ["ground truth": value.truth * share]
        if let second = value.second { parts["second head"] = second * share }
        if let spatial = try spatialTerm(student, texts, batch, processes) {
            total = spatial.total(total, progress: batch.progress)
            for (name, part) in spatial.parts { parts[name] = part * share }
        }
        if let affinity = recipe.affinity, let pairs = taught?.pairs {
            let own = AffinityLoss.Pairs(
                videos: student.views.frame, texts: student.texts, logitScale: actionCLIP.clip.logitScale)
            let value = affinity(student: own, teacher: pairs, labels: student.labels)
            total = total + value.total
            parts["affinity"] = (value.video + value.text) * (share / 2)
        }
        return StepLoss(share: total * share, parts: parts)
    }

    /// The student's features of the clips of all processes, and what they are compared with.
    struct Student {
        let views: VideoViews
        /// The mean of the frames before the temporal module; nil where nothing reads it.
        let frameMean: Tensor?
        let texts: Tensor
        let labels: Tensor
    }

    private func encoded(
        _ batch: TrainingBatch, _ texts: ClipTexts, _ processes: LossSharing
    ) throws(ProcessGroupError) -> Student {
        let training = batch.isDropping
        var frameMean: Tensor?
        let own: VideoViews
        if recipe.spatial.map({ $0.objectives.view != .fused && $0.objectives.form == .objectives }) ?? false {
            let frames = actionCLIP.encodeFrames(batch.clips, training: training)
            own = actionCLIP.aggregator.views(of: frames, training: training)
            frameMean = frames.mean
        } else {
            own = actionCLIP.views(of: batch.clips, training: training)
        }
        let sentences = encodeTexts(texts.tokens, training: training)
        let frame = try processes.gathered(own.frame, of: batch)
        var token: Tensor?
        if recipe.heads?.mode.hasTwoViews == true, let view = own.token {
            token = try processes.gathered(view, of: batch)
        }
        if let mean = frameMean { frameMean = try processes.gathered(mean, of: batch) }
        return Student(
            views: VideoViews(frame: frame, token: token), frameMean: frameMean,
            texts: try processes.gathered(sentences, of: batch),
            labels: try processes.gathered(batch.labels, of: batch))
    }

    /// What the teacher says of the clips of all processes.
    private struct Taught {
        var scores: TeacherScores?
        /// The student's features of the sentences of the teacher's classes.
        var texts: Tensor?
        var pairs: AffinityLoss.Pairs?
    }

    private func taught(
        _ batch: TrainingBatch, _ texts: ClipTexts, _ processes: LossSharing
    ) throws(ProcessGroupError) -> Taught? {
        guard recipe.asksTeacher, let teacher = sources.teacher else { return nil }
        guard let drawn = texts.prompts else { fatalError("Distillation: sentences of unknown prompts") }
        var taught = Taught()
        let own: TeacherScores
        switch teacher {
        case .cached(let predictions): own = predictions.scores(at: batch.positions)
        case .online(let model):
            let features = model.features(of: batch.clips)
            own = model.scores(features)
            if recipe.affinity != nil {
                let pairs = model.pairs(features, prompts: drawn, classes: batch.labels.array(of: Int.self))
                taught.pairs = AffinityLoss.Pairs(
                    videos: try processes.gathered(pairs.videos, of: batch),
                    texts: try processes.gathered(pairs.texts, of: batch), logitScale: pairs.logitScale)
            }
        }
        guard let mode = recipe.heads?.mode, mode.needsTeacher else { return taught }
        taught.scores = TeacherScores(
            logits: try processes.gathered(own.logits, of: batch), labels: try processes.gathered(own.labels, of: batch)
        )
        if mode.needsTeacherTexts {
            let tokens = prompts.tokens(prompts: drawn, classes: own.labels.array(of: Int.self))
            taught.texts = try processes.gathered(encodeTexts(tokens, training: batch.isDropping), of: batch)
        }
        return taught
    }

    private func inputs(_ student: Student, _ taught: Taught?, _ mode: DistillationMode) -> TwoHeadLoss.Inputs {
        var inputs = TwoHeadLoss.Inputs(
            views: student.views, texts: student.texts, labels: student.labels,
            logitScale: actionCLIP.clip.logitScale)
        (inputs.teacher, inputs.teacherTexts) = (taught?.scores, taught?.texts)
        if mode.needsClassVectors { inputs.classes = classVectors() }
        return inputs
    }
}
