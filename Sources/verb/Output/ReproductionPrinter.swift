import Foundation
import Synchronization
import Training

/// Shows the runs of a reproduction on standard error, results on standard output.
final class ReproductionPrinter: Sendable {
    private let clips = ProgressReporter("clips", unit: "clips")
    private let pretraining = ProgressReporter("small CLIP", unit: "steps")
    private let rounds = ProgressReporter("latency", unit: "rounds")
    private let training = Mutex(TrainingPrinter(title: "what students need", json: false, isQuiet: false))

    /// Shows what happens.
    func show(_ event: Reproduction.Event) {
        switch event {
        case .rendering(let done, let total): clips.update(done, of: total)
        case .pretraining(let progress):
            pretraining.update(progress.step, of: progress.total, String(format: "loss %.3f", progress.loss))
        case .measuring(let done, let total): rounds.update(done, of: total)
        case .began(let row, let seed, let done, let total):
            let printer = TrainingPrinter(
                title: "\(row), seed \(seed) (\(done + 1) of \(total))", json: false, isQuiet: false)
            training.withLock { $0 = printer }
        case .training(let event): training.withLock { $0 }.show(event)
        case .finished(let result): print(Self.line(result))
        }
    }

    private static func line(_ result: AblationResult) -> String {
        func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", 100 * $0) } ?? "-" }
        return "\(result.id) seed \(result.seed): top-1 \(percent(result.supervised.top1)), order-blind "
            + "\(percent(result.supervised.orderBlind)), time order \(percent(result.supervised.withinPairs)), zero-shot "
            + "\(percent(result.zeroShot?.top1)), \(Int(result.seconds)) s"
    }
}
