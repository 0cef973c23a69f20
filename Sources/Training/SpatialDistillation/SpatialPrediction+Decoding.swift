extension SpatialPrediction {
    private enum Keys: String, CodingKey {
        case frames, temperature, temperatures, aggregation, priorCorrection, actionMixing, target, confidence
        case minInformation, minSupport
    }

    /// Reads settings; what is left out has the page's default.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        self.init()
        let file = try decoder.container(keyedBy: Keys.self)
        func read<T: Decodable>(_ key: Keys, or value: T) throws -> T {
            try file.decodeIfPresent(T.self, forKey: key) ?? value
        }
        frames = try read(.frames, or: frames)
        temperature = try read(.temperature, or: temperature)
        temperatures = try read(.temperatures, or: temperatures)
        aggregation = try read(.aggregation, or: aggregation)
        priorCorrection = try read(.priorCorrection, or: priorCorrection)
        actionMixing = try read(.actionMixing, or: actionMixing)
        target = try read(.target, or: target)
        confidence = try read(.confidence, or: confidence)
        minInformation = try file.decodeIfPresent(Double.self, forKey: .minInformation)
        minSupport = try read(.minSupport, or: minSupport)
    }
}
