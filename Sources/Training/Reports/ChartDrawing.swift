/// Draws a chart as a figure: title, legend, curves with axes, and the same in numbers.
struct ChartDrawing {
    private static let (width, height) = (560.0, 240.0)
    private static let (left, right, top, bottom) = (64.0, 12.0, 10.0, 36.0)
    /// More points than this are drawn as the lowest and highest of groups.
    private static let pointLimit = 400

    private let chart: Chart
    private let horizontal: ChartAxis, vertical: ChartAxis
    private let isLogarithmic: Bool
    private let lost: Int

    /// Prepares a chart.
    ///
    /// - Parameters:
    ///   - chart: the curves.
    ///   - steps: the first and last step of the whole log, so that all charts of a report lie above each other.
    init(_ chart: Chart, steps: [Double] = []) {
        self.chart = chart
        let all = chart.series.flatMap(\.points), values = all.map(\.y).filter(\.isFinite)
        lost = all.count - values.count
        let low = values.min() ?? 0, high = values.max() ?? 1
        isLogarithmic = chart.mayBeLogarithmic && low > 0 && high / low > 100
        horizontal = ChartAxis(all.map(\.x) + steps, isWhole: true)
        vertical = isLogarithmic ? ChartAxis(logarithmOf: values) : ChartAxis(values, hasZero: true)
    }

    var markup: Markup {
        """
        <figure class="chart"><figcaption><h3>\(chart.title)</h3>\(legend)</figcaption>
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(summary)">
        \(grid)\(curves)</svg>
        \(table)</figure>

        """
    }

    private var summary: String {
        "\(chart.title) over steps: "
            + chart.series.map { "\($0.name) ends at \($0.points.last.map { chart.unit.text($0.y) } ?? "nothing")" }
            .joined(separator: ", ")
    }

    private var legend: Markup {
        let items = chart.series.enumerated().map { number, series -> Markup in
            """
            <li><svg viewBox="0 0 26 10" aria-hidden="true"><line class="\(Self.style(number))" x1="1" y1="5" x2="25" y2="5"/>\
            </svg>\(series.name) <b>\(series.points.last.map { chart.unit.text($0.y) } ?? "–")</b></li>
            """
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    private var grid: Markup {
        let rows = vertical.ticks.map { tick -> Markup in
            let y = y(tick)
            return """
                <line class="grid" x1="\(Self.left)" y1="\(y)" x2="\(Self.width - Self.right)" y2="\(y)"/>\
                <text class="tick" x="\(Self.left - 6)" y="\(y + 3.5)" text-anchor="end">\(chart.unit.text(tick))</text>

                """
        }
        let base = Self.height - Self.bottom
        let columns = horizontal.ticks.map { tick -> Markup in
            """
            <line class="axis" x1="\(x(tick))" y1="\(base)" x2="\(x(tick))" y2="\(base + 4)"/>\
            <text class="tick" x="\(x(tick))" y="\(base + 16)" text-anchor="middle">\(Markup.short(tick))</text>

            """
        }
        return """
            \(rows)\(columns)<line class="axis" x1="\(Self.left)" y1="\(base)" x2="\(Self.width - Self.right)" y2="\(base)"/>
            <text class="tick" x="\((Self.left + Self.width - Self.right) / 2)" y="\(Self.height - 4)" \
            text-anchor="middle">step\(isLogarithmic ? " (logarithmic scale)" : "")</text>

            """
    }

    private var curves: [Markup] {
        chart.series.enumerated().map { number, series in
            let runs = Self.thinned(series.points).split { !$0.y.isFinite }
            let pieces = runs.map { run -> Markup in
                guard run.count > 1, let first = run.first else {
                    return
                        "<circle class=\"\(Self.style(number)) dot\" cx=\"\(x(run.first?.x ?? 0))\" cy=\"\(y(run.first?.y ?? 0))\" r=\"3\"/>"
                }
                let rest = run.dropFirst().map { point -> Markup in "L\(x(point.x)) \(y(point.y))" }
                return "<path class=\"\(Self.style(number))\" d=\"M\(x(first.x)) \(y(first.y))\(rest)\"/>"
            }
            return "<g><title>\(series.name)</title>\(pieces)</g>\n"
        }
    }

    private var table: Markup {
        let rows = chart.series.map { series -> Markup in
            let values = series.points.map(\.y).filter { !$0.isNaN }
            let cells = [series.points.first?.y, series.points.last?.y, values.min(), values.max()].map {
                value -> Markup in "<td>\(value.map(chart.unit.text) ?? "–")</td>"
            }
            return "<tr><th scope=\"row\">\(series.name)</th><td>\(series.points.count)</td>\(cells)</tr>\n"
        }
        let note: Markup =
            lost == 0 ? "" : "<p class=\"note\">\(lost) of the values \(lost == 1 ? "is" : "are") not finite: gaps.</p>"
        return """
            <details><summary>In numbers</summary><table><thead><tr><th scope="col">name</th><th scope="col">values</th>\
            <th scope="col">first</th><th scope="col">last</th><th scope="col">lowest</th><th scope="col">highest</th>\
            </tr></thead><tbody>
            \(rows)</tbody></table></details>\(note)
            """
    }

    /// Eight colours, then the same with dashes.
    private static func style(_ number: Int) -> String { "curve s\(number % 8)\(number >= 8 ? " dashed" : "")" }

    private func x(_ value: Double) -> Double {
        Self.left + horizontal.place(value) * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Double) -> Double {
        Self.height - Self.bottom - vertical.place(value) * (Self.height - Self.top - Self.bottom)
    }

    /// Few enough points to draw, with all peaks.
    static func thinned(_ points: [Chart.Point]) -> [Chart.Point] {
        guard points.count > pointLimit else { return points }
        let groups = pointLimit / 2
        return (0..<groups).flatMap { group -> [Chart.Point] in
            let part = points[group * points.count / groups..<(group + 1) * points.count / groups]
            if let lost = part.first(where: { !$0.y.isFinite }) { return [lost] }
            let extremes = [part.indices.min { part[$0].y < part[$1].y }, part.indices.max { part[$0].y < part[$1].y }]
            return Set(extremes.compactMap(\.self)).sorted().map { part[$0] }
        }
    }
}
