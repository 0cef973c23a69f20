/// Accuracy over latency as a picture of its own: a point a model, and the line of those that none beats in both.
struct FrontierDrawing {
    struct Point: Sendable, Equatable {
        let name: String
        let milliseconds: Double
        /// Top-1, 0 to 1.
        let share: Double
        let isSmall: Bool
    }

    private static let (width, height) = (640.0, 360.0)
    private static let (left, right, top, bottom) = (64.0, 24.0, 20.0, 48.0)

    private let points: [Point]
    private let horizontal: ChartAxis, vertical: ChartAxis

    /// Prepares a picture of at least one point.
    init(_ points: [Point]) {
        self.points = points
        horizontal = ChartAxis(points.map(\.milliseconds), hasZero: true)
        vertical = ChartAxis(points.map(\.share))
    }

    /// The points that no other one beats in both, from the fastest on.
    var frontier: [Point] {
        var best = -Double.infinity
        return points.sorted { ($0.milliseconds, -$0.share) < ($1.milliseconds, -$1.share) }.filter { point in
            guard point.share > best else { return false }
            best = point.share
            return true
        }
    }

    /// A whole SVG file.
    var svg: Markup {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
        aria-label="\(summary)">
        <style>\(Self.style)</style>
        <rect class="paper" width="\(Int(Self.width))" height="\(Int(Self.height))"/>
        \(grid)\(line)\(dots)</svg>

        """
    }

    private static let style: Markup = """
        svg { font: 12px system-ui, sans-serif; } .paper { fill: #ffffff; } .grid { stroke: #e2e5e8; } \
        .axis { stroke: #5c666f; } text { fill: #1d2125; } .tick { fill: #5c666f; font-size: 11px; } \
        .frontier { fill: none; stroke: #2a8f5b; stroke-width: 1.8; } .large { fill: #d9600f; } .small { fill: #1f6fb2; }
        """

    private var summary: String {
        "Top-1 over milliseconds a clip: "
            + points.map { "\($0.name) \(Markup.percent($0.share)) in \(Markup.short($0.milliseconds)) ms" }
            .joined(separator: ", ")
    }

    private var grid: Markup {
        let base = Self.height - Self.bottom
        let rows = vertical.ticks.map { tick -> Markup in
            """
            <line class="grid" x1="\(Self.left)" y1="\(y(tick))" x2="\(Self.width - Self.right)" y2="\(y(tick))"/>\
            <text class="tick" x="\(Self.left - 6)" y="\(y(tick) + 4)" text-anchor="end">\(Markup.percent(tick))</text>

            """
        }
        let columns = horizontal.ticks.map { tick -> Markup in
            """
            <line class="axis" x1="\(x(tick))" y1="\(base)" x2="\(x(tick))" y2="\(base + 4)"/>\
            <text class="tick" x="\(x(tick))" y="\(base + 16)" text-anchor="middle">\(Markup.short(tick))</text>

            """
        }
        return """
            \(rows)\(columns)<line class="axis" x1="\(Self.left)" y1="\(base)" x2="\(Self.width - Self.right)" y2="\(base)"/>
            <text x="\((Self.left + Self.width - Self.right) / 2)" y="\(Self.height - 10)" text-anchor="middle">\
            milliseconds a clip, model alone (orange: large backbone, blue: small)</text>

            """
    }

    private var line: Markup {
        let steps = frontier.enumerated().map { number, point -> Markup in
            let command = number == 0 ? "M" : "L"
            return "\(command)\(x(point.milliseconds)) \(y(point.share))"
        }
        return "<path class=\"frontier\" d=\"\(steps)\"/>\n"
    }

    private var dots: [Markup] {
        points.map { point -> Markup in
            let kind = point.isSmall ? "small" : "large"
            return """
                <circle class="\(kind)" cx="\(x(point.milliseconds))" cy="\(y(point.share))" r="4">\
                <title>\(point.name): \(Markup.percent(point.share)), \(Markup.short(point.milliseconds)) ms</title></circle>\
                <text x="\(x(point.milliseconds) + 7)" y="\(y(point.share) + 4)">\(point.name)</text>

                """
        }
    }

    private func x(_ value: Double) -> Double {
        Self.left + horizontal.place(value) * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Double) -> Double {
        Self.height - Self.bottom - vertical.place(value) * (Self.height - Self.top - Self.bottom)
    }
}
