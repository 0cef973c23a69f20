/// Many frames on one picture, row by row, to be looked at by a person.
public enum ContactSheet {
    /// Tiles frames on a grid.
    ///
    /// Cells have the size of the largest frame; a smaller one sits at the upper left of its cell.
    ///
    /// - Parameters:
    ///   - frames: the frames, at least one.
    ///   - columns: frames in one row.
    ///   - gap: pixels between frames and around them.
    ///   - background: the RGB colour between frames.
    /// - Returns: the sheet.
    /// - Throws: `invalidRequest` when there is no frame or no column.
    public static func tile(
        _ frames: [Frame], columns: Int, gap: Int = 2, background: (UInt8, UInt8, UInt8) = (32, 32, 32)
    ) throws(VideoError) -> Frame {
        guard !frames.isEmpty, columns > 0, gap >= 0 else {
            throw VideoError(.invalidRequest, detail: "a contact sheet of \(frames.count) frames in \(columns) columns")
        }
        let columns = min(columns, frames.count)
        let rows = (frames.count + columns - 1) / columns
        let cell = (width: frames.map(\.width).max() ?? 0, height: frames.map(\.height).max() ?? 0)
        let width = columns * (cell.width + gap) + gap, height = rows * (cell.height + gap) + gap
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { sheet, count in
            for pixel in 0..<width * height {
                (sheet[pixel * 3], sheet[pixel * 3 + 1], sheet[pixel * 3 + 2]) = background
            }
            for (number, frame) in frames.enumerated() {
                let left = gap + number % columns * (cell.width + gap),
                    top = gap + number / columns * (cell.height + gap)
                frame.pixels.withUnsafeBufferPointer { source in
                    for row in 0..<frame.height {
                        let line = source[row * frame.width * 3..<(row + 1) * frame.width * 3]
                        _ = UnsafeMutableBufferPointer(rebasing: sheet[((top + row) * width + left) * 3..<sheet.count])
                            .update(fromContentsOf: line)
                    }
                }
            }
            count = width * height * 3
        }
        return Frame(width: width, height: height, pixels: pixels)
    }
}
