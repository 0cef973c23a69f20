internal import ActionModels
internal import CLIP
internal import Torch
internal import Video

/// From prepared pictures to what a stream keeps of them: by an engine where the model allows it, else by the model itself.
///
/// Belongs on the LibTorch thread.
struct FrameEncoder: Sendable {
    let preprocessing: Preprocessing
    let device: Device
    private let stream: any StreamingModel
    private(set) var engine: ImageEngine?
    /// What the session says of it.
    private(set) var kind: PictureEncoder

    /// Takes the model as it is.
    init(_ model: RecognitionModel, _ stream: any StreamingModel) {
        (preprocessing, device, self.stream) = (model.preprocessing, model.device, stream)
        kind = .reference("asked for")
    }

    /// Prepares the engine that settings ask for, with one precision.
    ///
    /// `fp32` does without one where the model does not allow it, or where the engine does not agree with it.
    init(
        _ model: RecognitionModel, _ stream: any StreamingModel, _ settings: EngineSettings
    ) throws(RecognitionError) {
        self.init(model, stream)
        let frameWise = model.model.frameWise
        guard let tower = frameWise?.imageTower, device == .cpu else {
            let reason =
                device != .cpu
                ? "it computes on \(device)"
                : frameWise == nil
                    ? "frames see each other in the image tower" : "a second token stands in the image tower"
            guard settings.precision == .fp32 else { throw .precision(.engine(settings.precision, reason)) }
            kind = .reference(reason)
            return
        }
        let pictures =
            settings.calibration.isEmpty
            ? nil : Preprocessing.packed(settings.calibration.map(model.preprocessing.prepared))
        do throws(CLIPError) {
            let engine = try ImageEngine(
                tower, preprocessing, precision: settings.precision, pictures: pictures, tolerance: settings.tolerance)
            kind = .engine(engine.precision, engine.report)
            self.engine = engine
        } catch {
            guard settings.precision == .fp32, case .engine(_, let reason) = error else { throw .precision(error) }
            kind = .reference(reason)
        }
    }

    /// The same without an engine: the reference.
    var reference: FrameEncoder {
        var copy = self
        (copy.engine, copy.kind) = (nil, .reference("asked for"))
        return copy
    }

    /// Takes up how often the labels were the same.
    mutating func note(labelAgreement: Double) {
        guard case .engine(let precision, var report) = kind else { return }
        report.labelAgreement = labelAgreement
        kind = .engine(precision, report)
    }

    /// Encodes pictures of the model's size.
    ///
    /// Models that mix frames get their pixels later, all at once.
    ///
    /// - Returns: a state for each.
    func callAsFunction(_ frames: [Frame]) -> [FrameState] {
        withoutGradient {
            let pictures = Preprocessing.packed(frames)  // [B, H, W, 3]
            if let engine { return FrameState.rows(engine(pictures)) }
            return stream.encode(frames: preprocessing.normalized(pictures.to(device: device)))  // of [B, 3, H, W]
        }
    }
}
