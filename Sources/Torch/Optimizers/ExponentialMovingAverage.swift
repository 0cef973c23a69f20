internal import Foundation
internal import CTorch

/// A slowly following copy of parameters, often better to evaluate than the parameters themselves.
///
///     a = a + (1 - d) (w - a)        after every step
///
/// Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging"; timm `ModelEmaV3`.
public final class ExponentialMovingAverage {
    /// How much of the average stays in each update.
    public enum Decay: Codable, Sendable, Equatable {
        /// The same share always.
        case constant(Double)
        /// Little at first, so that the average forgets the initial values: `min(to, 1 - (1 + (n - 1) / γ)^-power)`
        /// at update n, and nothing at the first.
        case warmingUp(to: Double, gamma: Double = 1, power: Double = 2.0 / 3)

        /// The share that stays.
        ///
        /// - Parameter update: counted from 1.
        /// - Returns: 0 to 1.
        public func share(at update: Int) -> Double {
            switch self {
            case .constant(let decay): return decay
            case .warmingUp(let decay, let gamma, let power):
                guard update > 1 else { return 0 }
                return max(0, min(decay, 1 - pow(1 + Double(update - 1) / gamma, -power)))
            }
        }
    }

    /// How much of the average stays in each update.
    public let decay: Decay
    /// The number of updates so far.
    public private(set) var updates = 0
    private let entries: [Parameters.Entry]
    private let averages: [Tensor]
    private var isSwapped = false

    /// Begins with the present values of trained parameters; the others stay as they are in the model.
    ///
    /// - Parameters:
    ///   - parameters: what is averaged.
    ///   - decay: how much of the average stays in each update.
    public convenience init(_ parameters: TrainedParameters, decay: Decay) {
        self.init(entries: parameters.entries, decay)
    }

    /// Begins with the present values of a whole model, buffers such as running means included.
    ///
    /// Numbers that are no floating-point numbers are not averaged but taken over.
    ///
    /// - Parameters:
    ///   - parameters: what is averaged.
    ///   - decay: how much of the average stays in each update.
    public convenience init(_ parameters: Parameters, decay: Decay) {
        self.init(entries: parameters.entries, decay)
    }

    private init(entries: [Parameters.Entry], _ decay: Decay) {
        self.decay = decay
        self.entries = entries
        averages = entries.map { $0.tensor.detached().cloned() }
    }

    /// Follows the parameters; call it after each step of the optimiser.
    public func update() {
        check(!isSwapped, "ExponentialMovingAverage: an update while the averages stand in the model")
        updates += 1
        let weight = 1 - decay.share(at: updates)
        let followed = entries.indices.filter { entries[$0].tensor.dtype.isFloatingPoint }
        let done = withHandles(followed.map { averages[$0] }) { targets, count in
            withHandles(followed.map { entries[$0].tensor }) { sources, _ in ct_lerp(targets, sources, count, weight) }
        }
        check(done, "ExponentialMovingAverage: \(lastError)")
        for (entry, average) in zip(entries, averages) where !entry.tensor.dtype.isFloatingPoint {
            average.copy(from: entry.tensor)
        }
    }

    /// Exchanges the model's values and the averages; a second call puts them back.
    public func swap() {
        isSwapped.toggle()
        for (entry, average) in zip(entries, averages) {
            let value = entry.tensor.detached().cloned()
            entry.tensor.copy(from: average)
            average.copy(from: value)
        }
    }

    /// Computes with the averages in the model's place.
    ///
    /// - Parameter body: the computation, such as an evaluation.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    public func withAverages<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        swap()
        defer { swap() }
        return try body()
    }

    /// The averages by parameter name, to be saved as a model's weights.
    public var tensors: [String: Tensor] {
        let values = isSwapped ? entries.map { $0.tensor.detached() } : averages
        return Dictionary(zip(entries.map(\.name), values), uniquingKeysWith: { first, _ in first })
    }

    /// The averages (`average.…`) and the number of updates (`updates`), for checkpoints.
    public var state: [String: Tensor] {
        var state = Dictionary(uniqueKeysWithValues: tensors.map { ("average.\($0.key)", $0.value) })
        state["updates"] = Tensor(updates)
        return state
    }

    /// Takes up a saved state.
    ///
    /// - Parameter saved: what `state` gave, for the same parameters.
    /// - Throws: `ParameterError` naming what is missing or of another shape; nothing is changed then.
    public func restore(_ saved: [String: Tensor]) throws(ParameterError) {
        check(!isSwapped, "ExponentialMovingAverage: a restore while the averages stand in the model")
        let own = state
        try ParameterError.check(saved, against: own)
        for (name, average) in tensors { saved["average.\(name)"].map(average.copy) }
        updates = saved["updates"].map { max(0, $0.item(Int.self)) } ?? 0
    }
}
