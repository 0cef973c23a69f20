extension Frame {
    /// Resizes as Pillow does, bit for bit, and cuts out a part, computing only that part.
    ///
    /// The horizontal pass comes first and is rounded to 8 bits; a pass that changes nothing is left out.
    ///
    /// - Parameters:
    ///   - size: the size of the whole picture after resizing.
    ///   - filter: the kernel.
    ///   - box: the part of the resized picture that is wanted; all of it when nil.
    /// - Returns: the resized part.
    public func resized(to size: PixelSize, filter: ResizeFilter = .bicubic, box: PixelBox? = nil) -> Frame {
        precondition(size.width > 0 && size.height > 0, "resize: to \(size.width)x\(size.height) pixels")
        let box = box ?? PixelBox(left: 0, top: 0, width: size.width, height: size.height)
        precondition(box.fits(in: size), "resize: \(box) does not lie inside \(size.width)x\(size.height)")
        if size == self.size { return cropped(to: box) }
        let rows = box.top..<box.top + box.height, columns = box.left..<box.left + box.width
        let vertical =
            size.height == height ? nil : ResampleTable(filter: filter, from: height, to: size.height, range: rows)
        let needed = vertical?.span ?? rows
        var result =
            size.width == width
            ? cropped(to: PixelBox(left: box.left, top: needed.lowerBound, width: box.width, height: needed.count))
            : resampledHorizontally(
                ResampleTable(filter: filter, from: width, to: size.width, range: columns), rows: needed)
        if let vertical { result = result.resampledVertically(vertical, firstRow: needed.lowerBound) }
        return result
    }

    /// Resizes so that the short side gets a length and cuts out the centre square, as CLIP preprocessing does.
    ///
    /// - Parameters:
    ///   - side: the side of the result in pixels.
    ///   - short: the length of the short side before cropping; the side of the result when nil.
    ///   - filter: the kernel.
    ///   - rule: how the long side is rounded.
    ///   - centre: how the crop's offset is rounded.
    /// - Returns: a square frame.
    public func centreSquare(
        _ side: Int, short: Int? = nil, filter: ResizeFilter = .bicubic, rule: ShortSideRule = .pillow,
        centre: CentreRule = .roundHalfEven
    ) -> Frame {
        let size = rule.size(of: size, short: max(short ?? side, side))
        return resized(to: size, filter: filter, box: centre.box(side: side, in: size))
    }

    private func resampledHorizontally(_ table: ResampleTable, rows: Range<Int>) -> Frame {
        let outWidth = table.starts.count
        let result = [UInt8](unsafeUninitializedCapacity: outWidth * rows.count * 3) { target, count in
            count = outWidth * rows.count * 3
            guard let to = target.baseAddress else { return }
            pixels.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress else { return }
                table.withPointers { starts, counts, weights in
                    for (place, row) in rows.enumerated() {
                        resampleRow(
                            from + row * width * 3, to: to + place * outWidth * 3, outWidth, starts, counts, weights,
                            table.stride)
                    }
                }
            }
        }
        return Frame(width: outWidth, height: rows.count, pixels: result, time: time)
    }

    private func resampledVertically(_ table: ResampleTable, firstRow: Int) -> Frame {
        let length = width * 3, outHeight = table.starts.count
        let result = [UInt8](unsafeUninitializedCapacity: length * outHeight) { target, count in
            count = length * outHeight
            guard let to = target.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { sums in
                guard let sums = sums.baseAddress else { return }
                pixels.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress else { return }
                    table.withPointers { starts, counts, weights in
                        for row in 0..<outHeight {
                            blendRows(
                                from + (starts[row] - firstRow) * length, length, counts[row],
                                weights + row * table.stride, sums, to: to + row * length)
                        }
                    }
                }
            }
        }
        return Frame(width: width, height: outHeight, pixels: result, time: time)
    }
}

extension ResampleTable {
    fileprivate func withPointers(
        _ body: (UnsafePointer<Int>, UnsafePointer<Int>, UnsafePointer<Int32>) -> Void
    ) {
        starts.withUnsafeBufferPointer { starts in
            counts.withUnsafeBufferPointer { counts in
                weights.withUnsafeBufferPointer { weights in
                    guard let s = starts.baseAddress, let c = counts.baseAddress, let w = weights.baseAddress else {
                        return
                    }
                    body(s, c, w)
                }
            }
        }
    }
}

// MARK: - The two inner loops

private let half = Int32(1) << (ResampleTable.precision - 1)

/// Makes one row of output pixels, each from its own neighbours.
private func resampleRow(
    _ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ width: Int, _ starts: UnsafePointer<Int>,
    _ counts: UnsafePointer<Int>, _ weights: UnsafePointer<Int32>, _ stride: Int
) {
    let start = half
    var (column, write) = (0, target)
    while column < width {
        var read = source + starts[column] * 3
        var weight = weights + column * stride
        let end = weight + counts[column]
        var (red, green, blue) = (start, start, start)
        while weight < end {
            let w = weight.pointee
            red = red &+ Int32(truncatingIfNeeded: read[0]) &* w
            green = green &+ Int32(truncatingIfNeeded: read[1]) &* w
            blue = blue &+ Int32(truncatingIfNeeded: read[2]) &* w
            read += 3
            weight += 1
        }
        write[0] = rounded(red)
        write[1] = rounded(green)
        write[2] = rounded(blue)
        write += 3
        column += 1
    }
}

/// Makes one row as a weighted sum of the `count` rows that follow each other from `source`.
private func blendRows(
    _ source: UnsafePointer<UInt8>, _ length: Int, _ count: Int, _ weights: UnsafePointer<Int32>,
    _ sums: UnsafeMutablePointer<Int32>, to target: UnsafeMutablePointer<UInt8>
) {
    sums.update(repeating: half, count: length)
    var tap = 0
    while tap < count {
        let (row, w) = (source + tap * length, weights[tap])
        var place = 0
        while place < length {
            sums[place] = sums[place] &+ Int32(truncatingIfNeeded: row[place]) &* w
            place += 1
        }
        tap += 1
    }
    var place = 0
    while place < length {
        target[place] = rounded(sums[place])
        place += 1
    }
}

@inline(__always)
private func rounded(_ sum: Int32) -> UInt8 {
    let value = sum &>> ResampleTable.precision
    return UInt8(truncatingIfNeeded: value < 0 ? 0 : value > 255 ? 255 : value)
}
