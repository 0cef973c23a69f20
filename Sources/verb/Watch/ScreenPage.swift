/// Rows of characters of one width, each with a tint: what a terminal shows.
struct ScreenPage {
    /// How a character looks.
    enum Tint: Hashable {
        case plain, strong, faint, warning
        /// One of the colours that tell labels apart.
        case label(Int)
    }

    private struct Cell {
        var letter: Character = " "
        var tint = Tint.plain
    }

    let width: Int
    private var rows: [[Cell]] = []

    init(width: Int) { self.width = max(width, 1) }

    /// The number of rows.
    var height: Int { rows.count }

    /// Writes into a row, which is added where it is missing; what goes beyond the width is left out.
    ///
    /// - Parameters:
    ///   - text: the words; control characters, which could steer the terminal, become question marks.
    ///   - row: the row from 0.
    ///   - column: the column from 0.
    ///   - tint: how it looks.
    mutating func put(_ text: String, row: Int, column: Int, _ tint: Tint = .plain) {
        while rows.count <= row { rows.append([Cell](repeating: Cell(), count: width)) }
        for (place, letter) in zip(column..., text) {
            guard place < width else { return }
            guard place >= 0 else { continue }
            let isControl = letter.unicodeScalars.contains { $0.properties.generalCategory == .control }
            rows[row][place] = Cell(letter: isControl ? "?" : letter, tint: tint)
        }
    }

    /// The rows as text.
    ///
    /// - Parameter hasColours: whether tints become the terminal's escape sequences.
    /// - Returns: one text a row, without blanks at its end.
    func lines(hasColours: Bool) -> [String] { rows.map { Self.line($0, hasColours) } }

    private static func line(_ cells: [Cell], _ hasColours: Bool) -> String {
        let end = cells.lastIndex { $0.letter != " " }.map { $0 + 1 } ?? 0
        guard hasColours else { return String(cells[..<end].map(\.letter)) }
        var (text, tint) = ("", Tint.plain)
        for cell in cells[..<end] {
            if cell.tint != tint {
                text += escape(cell.tint)
                tint = cell.tint
            }
            text.append(cell.letter)
        }
        return tint == .plain ? text : text + escape(.plain)
    }

    /// Colours that are far apart, and readable on black and on white.
    private static let colours = [34, 32, 35, 36, 33, 31, 94, 92, 95, 96]

    private static func escape(_ tint: Tint) -> String {
        let code =
            switch tint {
            case .plain: "0"
            case .strong: "0;1"
            case .faint: "0;2"
            case .warning: "0;31"
            case .label(let number): "0;\(colours[number % colours.count])"
            }
        return "\u{1B}[\(code)m"
    }
}
