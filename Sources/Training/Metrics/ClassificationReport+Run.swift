extension ClassificationReport {
    /// What decides which model was best.
    func value(of metric: RunSettings.Metric) -> Double {
        switch metric {
        case .top1: top1OverAll
        case .meanClass: meanClassAccuracy ?? 0
        case .meanAveragePrecision: mAP ?? 0
        }
    }

    /// The numbers for a log.
    func scalars(prefix: String) -> [String: Double] {
        let values: [(String, Double?)] = [
            ("top1", top1), ("top5", top5), ("mean_class", meanClassAccuracy), ("map", mAP), ("ece", ece),
            ("order_blind_top1", orderBlindTop1), ("within_pairs", withinPairs),
        ]
        return Dictionary(uniqueKeysWithValues: values.compactMap { name, value in value.map { (prefix + name, $0) } })
    }
}
