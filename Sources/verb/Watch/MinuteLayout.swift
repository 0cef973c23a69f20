import Recognition

/// Where the actions of the last minute stand in a row of characters, and their names in the rows below.
struct MinuteLayout: Equatable {
    struct Block: Equatable {
        let label: String
        let columns: Range<Int>
    }

    struct Name: Equatable {
        let label: String
        let column: Int
    }

    /// The most rows of names.
    static let rows = 3

    /// The column at which the stream begins.
    let begin: Int
    let blocks: [Block]
    /// The names of each row from left to right; one that finds no room is left out.
    let names: [[Name]]

    /// - Parameters:
    ///   - spans: actions in their order.
    ///   - end: the time at the right border in seconds.
    ///   - columns: how many characters the minute has.
    init(_ spans: [Span], until end: Double, columns: Int) {
        let start = end - WatchedStream.memory
        func column(_ time: Double) -> Int {
            Int((min(max((time - start) / WatchedStream.memory, 0), 1) * Double(columns)).rounded(.down))
        }
        begin = column(0)
        var blocks: [Block] = []
        for (number, span) in spans.enumerated() where span.end > start {
            let from = column(span.start)
            // What begins in the same column covers it.
            if number + 1 < spans.count, column(spans[number + 1].start) == from { continue }
            let to = min(max(column(span.end), from + 1), columns)
            if from < to { blocks.append(Block(label: span.label, columns: from..<to)) }
        }
        self.blocks = blocks
        names = Self.names(of: blocks, columns)
    }

    /// Puts each name into the first row that is free below its block.
    private static func names(of blocks: [Block], _ columns: Int) -> [[Name]] {
        var rows: [[Name]] = []
        var free: [Int] = []
        for block in blocks {
            let label = String(block.label.prefix(columns))
            let column = min(block.columns.lowerBound, columns - label.count)
            if let row = free.firstIndex(where: { $0 <= column }) {
                rows[row].append(Name(label: label, column: column))
                free[row] = column + label.count + 1
            } else if rows.count < Self.rows {
                rows.append([Name(label: label, column: column)])
                free.append(column + label.count + 1)
            }
        }
        return rows
    }
}
