extension ClassificationReport {
    /// What decides which model was best.
    func value(of metric: RunSettings.Metric) -> Double {
        switch metric {
        case .top1: top1OverAll
        case .meanClass: meanClassAccuracy ?? 0
        case .meanAveragePrecision: mAP ?? 0
        }
    }

    /// The numbers for a log; top-1 and top-5 are those to quote, over the full list.
    func scalars(prefix: String) -> [String: Double] {
        let values: [(String, Double?)] = [
            ("top1", top1OverAll), ("top5", top5OverAll), ("mean_class", meanClassAccuracy), ("map", mAP), ("ece", ece),
            ("order_blind_top1", orderBlindTop1), ("within_pairs", withinPairs),
        ]
        return Dictionary(uniqueKeysWithValues: values.compactMap { name, value in value.map { (prefix + name, $0) } })
    }
}
