/// Draws a confusion matrix: the whole of it for few classes, else the classes that are confused most; then a list.
struct ConfusionDrawing {
    /// A matrix of more classes cannot be read.
    private static let wholeLimit = 60
    private static let blockSize = 40
    private static let listLength = 30

    private let matrix: ConfusionMatrix
    private let totals: [Int]
    /// The classes that are drawn.
    let shown: [Int]

    init(_ matrix: ConfusionMatrix) {
        self.matrix = matrix
        totals = matrix.totals
        shown = matrix.classes.count <= Self.wholeLimit ? Array(matrix.classes.indices) : Self.mostConfused(matrix)
    }

    /// The classes of the fullest cells off the diagonal, those that are confused beside each other.
    private static func mostConfused(_ matrix: ConfusionMatrix) -> [Int] {
        var chosen: [Int] = []
        for cell in matrix.confusions {
            for number in [cell.actual, cell.predicted] where !chosen.contains(number) && chosen.count < blockSize {
                chosen.append(number)
            }
        }
        return chosen
    }

    var markup: Markup {
        let note: Markup =
            shown.count == matrix.classes.count
            ? "<p>Rows are what the videos show, columns what the model said. Strength is the share of a row.</p>"
            : """
            <p>The \(shown.count) classes of \(matrix.classes.count) that are confused most; rows are what the videos show, \
            columns what the model said. Strength is the share of a row, which may have more outside this block.</p>
            """
        return shown.isEmpty
            ? "<p>No class was taken for another.</p>" : "\(note)<div class=\"pair\">\(picture)<div>\(list)</div></div>"
    }

    private var picture: Markup {
        let cell = shown.count <= 20 ? 26.0 : shown.count <= 40 ? 17 : 13
        let font = cell > 20 ? 12.0 : cell > 15 ? 11 : 10
        let names = shown.map { Self.shortened(matrix.classes[$0]) }
        let room = Double(names.map(\.count).max() ?? 0) * font * 0.58 + 10
        let size = room + cell * Double(shown.count) + 2
        let labels = names.enumerated().map { place, name -> Markup in
            let at = room + (Double(place) + 0.5) * cell
            return """
                <text class="name" x="\(room - 5)" y="\(at + font * 0.35)" text-anchor="end">\(name)</text>\
                <text class="name" transform="translate(\(at + font * 0.35) \(room - 5)) rotate(-90)">\(name)</text>

                """
        }
        return """
            <div class="wide" tabindex="0"><svg class="matrix" style="width:\(size)px;font-size:\(font)px" \
            viewBox="0 0 \(size) \(size)" role="img" aria-label="confusion matrix of \(shown.count) classes; the list \
            below says the fullest cells">
            <rect class="sheet" x="\(room)" y="\(room)" width="\(size - room - 2)" height="\(size - room - 2)"/>
            \(labels)\(cells(room, cell))</svg></div>
            """
    }

    private func cells(_ room: Double, _ size: Double) -> [Markup] {
        let place = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
        return matrix.cells.compactMap { cell -> Markup? in
            guard let row = place[cell.actual], let column = place[cell.predicted] else { return nil }
            let share = Double(cell.count) / Double(max(totals[cell.actual], 1))
            let (x, y) = (room + Double(column) * size, room + Double(row) * size)
            let count: Markup =
                size < 20
                ? ""
                : """
                <text class="\(share > 0.55 ? "count strong" : "count")" x="\(x + size / 2)" y="\(y + size / 2 + 4)" \
                text-anchor="middle">\(cell.count)</text>
                """
            return """
                <g><title>\(sentence(cell))</title><rect class="\(row == column ? "right" : "wrong")" x="\(x)" y="\(y)" \
                width="\(size)" height="\(size)" fill-opacity="\(0.12 + 0.88 * share)"/>\(count)</g>

                """
        }
    }

    private func sentence(_ cell: ConfusionMatrix.Cell) -> String {
        "\(cell.count) of \(totals[cell.actual]) \(matrix.classes[cell.actual]) said to be \(matrix.classes[cell.predicted])"
    }

    private var list: Markup {
        let confusions = matrix.confusions
        guard !confusions.isEmpty else { return "<p>No class was taken for another.</p>" }
        let rows = confusions.prefix(Self.listLength).map { cell -> Markup in
            let share = Double(cell.count) / Double(max(totals[cell.actual], 1))
            return """
                <tr><td>\(matrix.classes[cell.actual])</td><td>\(matrix.classes[cell.predicted])</td>\
                <td class="figure">\(cell.count) of \(totals[cell.actual])</td><td class="figure">\(Markup.percent(share))</td></tr>

                """
        }
        return """
            <h3>Most frequent confusions</h3><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">shown</th>\
            <th scope="col">said</th><th scope="col" class="figure">videos</th><th scope="col" class="figure">share</th>\
            </tr></thead><tbody>
            \(Array(rows))</tbody></table></div>
            """
    }

    private static func shortened(_ name: String) -> String {
        name.count <= 26 ? name : name.prefix(25) + "…"
    }
}
