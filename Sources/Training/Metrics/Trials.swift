/// One figure measured several times: splits, draws of classes, seeds.
public struct Trials: Sendable, Codable, Equatable {
    /// The measurements, in their order; at least one.
    public let values: [Double]

    /// Takes measurements.
    ///
    /// - Parameter values: at least one.
    public init(_ values: [Double]) {
        guard !values.isEmpty else { fatalError("Trials: no values") }
        self.values = values
    }

    /// The mean.
    public var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// The standard deviation of these values: divided by their number, as NumPy's `std` and the half-class protocol do.
    public var populationStd: Double { (squares / Double(values.count)).squareRoot() }

    /// The estimate of the standard deviation of what they were drawn from: divided by their number less one.
    ///
    /// Nil for one value.
    public var sampleStd: Double? {
        values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
    }

    private var squares: Double {
        let mean = mean
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    private enum CodingKeys: String, CodingKey { case values, mean, populationStd, sampleStd }

    /// Reads the values; mean and deviations follow from them.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` without values.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        values = try container.decode([Double].self, forKey: .values)
        guard !values.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: .values, in: container, debugDescription: "no values")
        }
    }

    /// Writes the values, and for readers the mean and deviations.
    ///
    /// - Parameter encoder: the destination.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(values, forKey: .values)
        try container.encode(mean, forKey: .mean)
        try container.encode(populationStd, forKey: .populationStd)
        try container.encodeIfPresent(sampleStd, forKey: .sampleStd)
    }
}
