internal import ActionModels
internal import CLIP
public import Torch

/// One optimiser step after the other: gradients of a step's parts, of all processes, clipped, applied.
@TorchActor
public final class Stepper {
    /// What happened in a step.
    public struct Report: Sendable, Equatable {
        /// The loss over all processes and parts.
        public let loss: Double
        /// The loss's parts.
        public let parts: [String: Double]
        /// The norm of all gradients before clipping.
        public let gradientNorm: Double
        /// Whether the step was left out, because gradients in half precision overflowed.
        public let isSkipped: Bool
    }

    private let method: any TrainingMethod
    private let sharing: LossSharing
    private let clip: Double?
    private let precision: RunSettings.Precision
    /// The optimiser.
    public let optimizer: any Optimizer
    /// What scales the loss in half precision; nil otherwise.
    var scaler: LossScaler?
    /// The number of steps since the last one that was not left out.
    private var skippedSteps = 0

    /// Prepares steps.
    ///
    /// - Parameters:
    ///   - method: the model and its loss.
    ///   - settings: rates by names, clipping, precision.
    ///   - sharing: the processes of the run.
    /// - Throws: `TrainingError.badRecipe` for rates of parameters that there are none of.
    public init(
        _ method: any TrainingMethod, _ settings: RunSettings = RunSettings(), sharing: LossSharing = LossSharing()
    ) throws(TrainingError) {
        self.method = method
        self.sharing = sharing
        clip = settings.gradientClip
        precision = settings.precision
        scaler = precision == .float16 ? LossScaler() : nil
        optimizer = method.optimizer(over: try settings.groups(method.groups, of: method))
    }

    /// Steps once.
    ///
    /// - Parameters:
    ///   - learningRate: the schedule's rate.
    ///   - parts: the parts of the step's clips that this process has; their totals are the step's.
    /// - Returns: what happened.
    /// - Throws: `TrainingError.diverged`, before anything was changed; `ProcessGroupError` when a process is gone.
    @discardableResult
    public func step(learningRate: Double, parts: [TrainingBatch]) throws -> Report {
        method.trained.clearGradients()
        var losses: [StepLoss] = []
        for part in parts {
            let loss = try computed { () throws in try method.loss(of: part, across: sharing) }
            try sharing.group.backward(scaler?.scaled(loss.share) ?? loss.share)
            losses.append(StepLoss(share: loss.share.detached(), parts: loss.parts))
        }
        let values = try total(losses)
        guard values.loss.isFinite else { throw TrainingError.diverged(step: nil, .loss(values.loss)) }
        try method.trained.sumGradients(over: sharing.group)
        let isUsable = scaler?.unscaleGradients(of: method.trained) ?? true
        skippedSteps = isUsable ? 0 : skippedSteps + 1
        if let scaler, scaler.scale < 1 { throw TrainingError.diverged(step: nil, .scale(skippedSteps: skippedSteps)) }
        let norm = isUsable ? method.trained.clipGradients(to: clip ?? .infinity) : .infinity
        guard !isUsable || norm.isFinite else { throw TrainingError.diverged(step: nil, .gradients(norm: norm)) }
        if isUsable { optimizer.step(learningRate: learningRate) }
        return Report(loss: values.loss, parts: values.parts, gradientNorm: norm, isSkipped: !isUsable)
    }

    private func computed<R>(_ body: () throws -> R) throws -> R {
        guard let dtype = precision.dtype, let device = method.trained.tensors.first?.device else { return try body() }
        return try withAutocast(dtype, on: device, body)
    }

    /// The losses over all parts and processes.
    private func total(_ losses: [StepLoss]) throws(ProcessGroupError) -> (loss: Double, parts: [String: Double]) {
        let names = Set(losses.flatMap(\.parts.keys)).sorted()
        let rows = losses.map { loss in
            Tensor.stacked(
                [loss.share.detached().to(dtype: .float64)]
                    + names.map { (loss.parts[$0] ?? .zeros([])).to(dtype: .float64) })
        }
        let sum = Tensor.stacked(rows).sum(0)
        try sharing.group.sum([sum])
        let values = sum.array(of: Double.self)
        return (values[0], Dictionary(uniqueKeysWithValues: zip(names, values.dropFirst())))
    }
}

extension RunSettings {
    /// A method's groups, divided by this run's factors of the learning rate.
    @TorchActor
    func groups(
        _ groups: [ParameterGroup], of method: any TrainingMethod
    ) throws(TrainingError) -> [ParameterGroup] {
        var result = groups
        if let layerDecay {
            result = ParameterGroup.layerwise(result, decay: layerDecay, towers: method.configuration.towerDepths)
        }
        for rate in rates {
            guard method.trained.names.contains(where: { $0.hasPrefix(rate.prefix) }) else {
                throw .badRecipe("run.rates: no trained parameter begins with \(rate.prefix)")
            }
            result = result.flatMap { $0.divided(at: rate.prefix, factor: rate.factor) }
        }
        return result
    }
}

extension ParameterGroup {
    /// The parameters with a name that begins so, at another rate, and the rest.
    fileprivate func divided(at prefix: String, factor: Double) -> [ParameterGroup] {
        let inside = parameters.filter { name, _ in name.hasPrefix(prefix) }
        let outside = parameters.filter { name, _ in !name.hasPrefix(prefix) }
        return [
            ParameterGroup(outside, learningRateScale: learningRateScale, weightDecay: weightDecay),
            ParameterGroup(inside, learningRateScale: learningRateScale * factor, weightDecay: weightDecay),
        ].filter { $0.parameters.count > 0 }
    }
}
