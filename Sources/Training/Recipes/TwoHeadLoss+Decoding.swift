extension TwoHeadLoss {
    private enum Keys: String, CodingKey { case mode, alpha, temperature }

    /// Reads a loss; numbers that are left out are the page's for the mode.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` without a mode, and for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: Keys.self)
        self.init(try file.decode(DistillationMode.self, forKey: .mode))
        alpha = try file.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
        temperature = try file.decodeIfPresent(Double.self, forKey: .temperature) ?? temperature
    }
}
