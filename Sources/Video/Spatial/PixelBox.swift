/// The size of a picture in pixels.
public struct PixelSize: Sendable, Hashable, Codable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int

    /// Makes a size.
    ///
    /// - Parameters:
    ///   - width: width in pixels.
    ///   - height: height in pixels.
    public init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
    }

    /// The shorter side.
    public var short: Int { min(width, height) }
    /// The longer side.
    public var long: Int { max(width, height) }
}

/// A rectangle of whole pixels; x to the right, y down.
public struct PixelBox: Sendable, Hashable, Codable {
    /// The first column.
    public let left: Int
    /// The first row.
    public let top: Int
    /// Number of columns.
    public let width: Int
    /// Number of rows.
    public let height: Int

    /// Makes a rectangle.
    ///
    /// - Parameters:
    ///   - left: the first column.
    ///   - top: the first row.
    ///   - width: number of columns.
    ///   - height: number of rows.
    public init(left: Int, top: Int, width: Int, height: Int) {
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }

    /// Whether the rectangle is not empty and lies inside a picture of the given size.
    func fits(in size: PixelSize) -> Bool {
        left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= size.width && top + height <= size.height
    }
}

extension Frame {
    /// The size in pixels.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// Cuts a rectangle out.
    ///
    /// - Parameter box: a rectangle inside the picture.
    /// - Returns: the pixels of the rectangle.
    public func cropped(to box: PixelBox) -> Frame {
        precondition(box.fits(in: size), "crop: \(box) does not lie inside \(width)x\(height)")
        if box.width == width, box.height == height { return self }
        let cut = [UInt8](unsafeUninitializedCapacity: box.width * box.height * 3) { target, count in
            pixels.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for row in 0..<box.height {
                    (to + row * box.width * 3)
                        .update(from: from + ((box.top + row) * width + box.left) * 3, count: box.width * 3)
                }
            }
            count = box.width * box.height * 3
        }
        return Frame(width: box.width, height: box.height, pixels: cut, time: time)
    }

    /// Paints the part of a rectangle that lies inside the picture.
    func painted(_ box: PixelBox, _ colour: SIMD3<UInt8>) -> Frame {
        let rows = max(box.top, 0)..<max(min(box.top + box.height, height), max(box.top, 0))
        let columns = max(box.left, 0)..<max(min(box.left + box.width, width), max(box.left, 0))
        var pixels = pixels
        for row in rows {
            for column in columns {
                for channel in 0..<3 { pixels[(row * width + column) * 3 + channel] = colour[channel] }
            }
        }
        return Frame(width: width, height: height, pixels: pixels, time: time)
    }

    /// The mirror image, left and right exchanged.
    ///
    /// - Returns: the mirrored frame.
    public func mirrored() -> Frame {
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for row in 0..<height {
                    var read = from + row * width * 3
                    var write = to + ((row + 1) * width - 1) * 3
                    for _ in 0..<width {
                        (write[0], write[1], write[2]) = (read[0], read[1], read[2])
                        read += 3
                        write -= 3
                    }
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: turned, time: time)
    }
}
