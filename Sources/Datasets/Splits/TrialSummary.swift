/// What several trials, splits or seeds gave together.
public struct TrialSummary: Sendable, Equatable, Codable {
    /// The values of the trials.
    public let values: [Double]
    /// Their mean; 0 for none.
    public let mean: Double
    /// Their standard deviation, divided by the number of trials and not by one less, as Text4Vis reports it.
    public let deviation: Double

    /// Summarises trials.
    ///
    /// - Parameter values: one value a trial.
    public init(_ values: [Double]) {
        self.values = values
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        self.mean = mean
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
}
