internal import Foundation

/// The exponential average of probabilities over a stream's windows.
///
///     p̄ ← p̄ + (1 - exp(-Δ / τ)) (p - p̄)
///
/// Δ is the time since the window before, τ the time constant, so the result does not depend on the hop.
struct DecisionSmoothing: Sendable {
    private let constant: Double
    private var average: [String: Double] = [:]
    private var last: Double?

    /// Averages with a time constant in seconds; 0 passes everything through.
    init(constant: Double) { self.constant = constant }

    /// Takes the probabilities of the window that ends at a time.
    ///
    /// - Returns: the averages, ranked.
    mutating func add(_ predictions: [Prediction], at time: Double) -> [Prediction] {
        defer { last = time }
        guard constant > 0, let last else {
            average = Dictionary(predictions.map { ($0.label, $0.probability) }) { first, _ in first }
            return predictions
        }
        let weight = 1 - exp(-max(time - last, 0) / constant)
        let smoothed = predictions.map { prediction in
            let before = average[prediction.label] ?? prediction.probability
            return Prediction(
                label: prediction.label, probability: before + weight * (prediction.probability - before))
        }
        average = Dictionary(smoothed.map { ($0.label, $0.probability) }) { first, _ in first }
        return Prediction.ranked(smoothed)
    }

    /// Forgets, as for a new window.
    mutating func reset() { (average, last) = ([:], nil) }
}
