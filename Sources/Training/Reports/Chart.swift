/// Curves over the steps of a run.
struct Chart: Sendable {
    struct Point: Sendable, Equatable {
        let x: Double
        let y: Double
    }

    struct Series: Sendable {
        let name: String
        let points: [Point]
    }

    /// What the numbers are.
    enum Unit: Sendable {
        case number
        case share

        func text(_ value: Double) -> String {
            switch self {
            case .number: Markup.short(value)
            case .share: Markup.percent(value)
            }
        }
    }

    let title: String
    let unit: Unit
    /// Whether the curves may be drawn over the logarithm of the values.
    let mayBeLogarithmic: Bool
    let series: [Series]

    /// The charts of a log: one a family of names, in a fixed order; names without a family have a chart each.
    static func all(of lines: [LogLine]) -> [Chart] {
        var points: [String: [Point]] = [:]
        for line in lines {
            for (name, value) in line.scalars {
                points[name, default: []].append(Point(x: Double(line.step), y: value))
            }
        }
        let families = Dictionary(grouping: points.keys, by: Family.init)
        return families.sorted { $0.key < $1.key }.map { family, names in
            let series = names.sorted().map { Series(name: $0, points: points[$0] ?? []) }
            return Chart(
                title: family.title, unit: family.isShare(series) ? .share : .number,
                mayBeLogarithmic: family == .loss, series: series)
        }
    }
}

/// Names of a log that belong on one chart.
private enum Family: Hashable, Comparable {
    case loss
    case accuracy
    case learningRate
    case speed
    case waiting
    case other(String)

    init(_ name: String) {
        let parts = name.split(separator: "/")
        if parts.contains("loss") {
            self = .loss
        } else if parts.contains("learning_rate") {
            self = .learningRate
        } else if parts.last == "images_per_second" {
            self = .speed
        } else if parts.last == "data_wait" {
            self = .waiting
        } else if parts.first == "validation" {
            self = .accuracy
        } else {
            self = .other(name)
        }
    }

    var title: String {
        switch self {
        case .loss: "Loss"
        case .accuracy: "Validation"
        case .learningRate: "Learning rate"
        case .speed: "Images a second"
        case .waiting: "Share of time spent waiting for data"
        case .other(let name): name
        }
    }

    func isShare(_ series: [Chart.Series]) -> Bool {
        switch self {
        case .waiting: true
        case .accuracy: series.allSatisfy { $0.points.allSatisfy { !($0.y < 0 || $0.y > 1) } }
        case .loss, .learningRate, .speed, .other: false
        }
    }
}
