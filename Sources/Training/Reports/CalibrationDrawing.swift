/// Draws the reliability table: how often a model is right where it says how sure it is.
struct CalibrationDrawing {
    let calibration: Calibration

    private static let (size, left, top) = (220.0, 44.0, 8.0)

    var markup: Markup {
        """
        <div class="pair"><svg class="reliability" viewBox="0 0 290 268" role="img" \
        aria-label="accuracy over confidence; the table beside says the numbers">
        \(grid)\(bars)<line class="ideal" x1="\(x(0))" y1="\(y(0))" x2="\(x(1))" y2="\(y(1))"/>
        <text class="tick" x="\(x(0.5))" y="264" text-anchor="middle">confidence</text>
        </svg><div class="scroll" tabindex="0">\(table)</div></div>
        """
    }

    private var grid: [Markup] {
        [0, 0.5, 1].map { value in
            """
            <line class="grid" x1="\(x(0))" y1="\(y(value))" x2="\(x(1))" y2="\(y(value))"/>\
            <text class="tick" x="\(x(0) - 6)" y="\(y(value) + 3.5)" text-anchor="end">\(Int(value * 100))\u{A0}%</text>\
            <text class="tick" x="\(x(value))" y="\(y(0) + 16)" text-anchor="middle">\(Int(value * 100))\u{A0}%</text>

            """
        }
    }

    private var bars: [Markup] {
        calibration.bins.filter { $0.videos > 0 }.map { bin in
            """
            <rect class="right" x="\(x(bin.lower) + 1)" y="\(y(bin.accuracy))" \
            width="\((bin.upper - bin.lower) * Self.size - 2)" height="\(bin.accuracy * Self.size)"/>\
            <circle class="said" cx="\(x(bin.confidence))" cy="\(y(bin.confidence))" r="3"/>

            """
        }
    }

    private var table: Markup {
        let rows = calibration.bins.filter { $0.videos > 0 }.map { bin -> Markup in
            """
            <tr><td class="figure">\(Markup.percent(bin.lower)) – \(Markup.percent(bin.upper))</td>\
            <td class="figure">\(bin.videos)</td><td class="figure">\(Markup.percent(bin.confidence))</td>\
            <td class="figure">\(Markup.percent(bin.accuracy))</td></tr>

            """
        }
        return """
            <table><thead><tr><th scope="col" class="figure">confidence</th><th scope="col" class="figure">videos</th>\
            <th scope="col" class="figure">mean</th><th scope="col" class="figure">right</th></tr></thead><tbody>
            \(rows)</tbody></table>
            """
    }

    private func x(_ value: Double) -> Double { Self.left + value * Self.size }
    private func y(_ value: Double) -> Double { Self.top + (1 - value) * Self.size }
}
