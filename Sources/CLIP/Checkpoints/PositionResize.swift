public import Torch

/// How a table of image positions is brought to another grid.
public enum PositionResize: String, Sendable, CaseIterable, Codable {
    /// open_clip's: bicubic, antialiased.
    case openCLIP = "open_clip"
    /// transformers': bicubic, without antialiasing.
    case transformers
    /// TinyCLIP's and old open_clip's: bicubic, corners aligned.
    case tinyCLIP = "tinyclip"

    /// Resizes a table; the class token's row is kept.
    ///
    /// - Parameters:
    ///   - table: `[1 + g², D]`.
    ///   - height: the new grid's rows.
    ///   - width: the new grid's columns.
    /// - Returns: `[1 + height * width, D]`.
    public func callAsFunction(_ table: Tensor, height: Int, width: Int) -> Tensor {
        let (rows, d) = (table.shape[0], table.shape[1])
        let side = Int(Double(rows - 1).squareRoot().rounded())
        precondition(side * side + 1 == rows, "PositionResize: a table of \(rows) rows has no square grid")
        guard side != height || side != width else { return table }
        let grid = table.slice(0, 1..<rows).to(dtype: .float32)
            .reshaped(1, side, side, d).permuted(0, 3, 1, 2)  // [1, D, g, g]
            .interpolated(to: [height, width], .bicubic, alignCorners: self == .tinyCLIP, antialias: self == .openCLIP)
            .permuted(0, 2, 3, 1).reshaped(height * width, d)
        return .concatenated([table.slice(0, 0..<1).to(dtype: .float32), grid], axis: 0).to(dtype: table.dtype)
    }

    /// Resizes a table of text positions linearly, as open_clip does.
    ///
    /// - Parameters:
    ///   - table: `[C, D]`.
    ///   - length: the new number of positions.
    /// - Returns: `[length, D]`.
    public static func text(_ table: Tensor, length: Int) -> Tensor {
        guard table.shape[0] != length else { return table }
        return table.to(dtype: .float32).transposed().unsqueezed(0)
            .interpolated(to: [length], .linear).squeezed(0).transposed().contiguous().to(dtype: table.dtype)
    }
}
