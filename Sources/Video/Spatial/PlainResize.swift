/// Resizes a part of 8-bit pictures straight to normalised numbers, as torch does without antialiasing.
///
/// Normalising and resizing commute, since weights sum to one; so only the output pixels that are wanted are computed,
/// from the bytes. First two or four rows are blended, which runs along memory, then each output pixel is read from
/// the blend with its three channels at once. Source: EVL (bilinear), M2-CLIP and ST-Adapter (bicubic); video
/// specification 4.2 and 8.2.
public struct PlainResize: Sendable {
    /// The size of what is written.
    public let output: PixelSize
    private let source: PixelBox
    private let rows: PlainTaps
    private let columns: PlainTaps

    /// Plans a resize; one plan serves all pictures of a clip.
    ///
    /// - Parameters:
    ///   - source: the part of the picture that is read; nothing outside of it is looked at.
    ///   - size: what that part is resized to.
    ///   - box: the part of the resized picture that is wanted; all of it when nil.
    ///   - kernel: the kernel.
    ///   - isMirrored: whether left and right are exchanged afterwards.
    public init(
        _ source: PixelBox, to size: PixelSize, box: PixelBox? = nil, kernel: PlainKernel, isMirrored: Bool = false
    ) {
        let box = box ?? PixelBox(left: 0, top: 0, width: size.width, height: size.height)
        guard source.width > 0, source.height > 0, box.fits(in: size) else {
            fatalError("resize: \(source) to \(size), of which \(box)")
        }
        self.source = source
        output = PixelSize(width: box.width, height: box.height)
        rows = PlainTaps(kernel, from: source.height, to: size.height, range: box.top..<box.top + box.height)
        columns = PlainTaps(
            kernel, from: source.width, to: size.width, range: box.left..<box.left + box.width, reversed: isMirrored)
    }

    /// Resizes one picture and applies `v · scale + shift` to each channel.
    ///
    /// - Parameters:
    ///   - frame: a picture that holds the source part.
    ///   - scale: the factors of R, G and B.
    ///   - shift: what is added to R, G and B.
    /// - Returns: three planes of the output's size.
    public func planes(_ frame: Frame, scale: SIMD3<Float>, shift: SIMD3<Float>) -> [Float] {
        let count = 3 * output.width * output.height
        return [Float](unsafeUninitializedCapacity: count) { target, filled in
            write(frame, scale: scale, shift: shift, to: target)
            filled = count
        }
    }

    /// Writes what `planes` returns into memory that is there already.
    package func write(
        _ frame: Frame, scale: SIMD3<Float>, shift: SIMD3<Float>, to target: UnsafeMutableBufferPointer<Float>
    ) {
        frame.pixels.withUnsafeBufferPointer { pixels in
            write(pixels, in: frame.size, scale: scale, shift: shift, to: target)
        }
    }

    /// The same for pictures of other numbers, rows of RGB.
    func write<Channel: PlainChannel>(
        _ pixels: UnsafeBufferPointer<Channel>, in size: PixelSize, scale: SIMD3<Float>, shift: SIMD3<Float>,
        to target: UnsafeMutableBufferPointer<Float>
    ) {
        guard source.fits(in: size), pixels.count == 3 * size.width * size.height,
            target.count >= 3 * output.width * output.height, let from = pixels.baseAddress,
            let to = target.baseAddress
        else { fatalError("resize: \(source) of \(size), \(target.count) numbers for \(output)") }
        let (scale, shift) = (SIMD4(scale, 0), SIMD4(shift, 0))
        let span = columns.span
        // One number more, because pixels are read four numbers at a time.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: span.count * 3 + 1) { line in
            guard let blend = line.baseAddress else { return }
            line[span.count * 3] = 0
            for row in 0..<output.height {
                blendRows(row, from + (source.top * size.width + source.left) * 3, size.width * 3, span, blend)
                spread(blend, span.lowerBound, scale, shift, to + row * output.width)
            }
        }
    }

    /// Blends the rows of one output row over the columns that are needed; past the ends the last pixel is repeated.
    @inline(__always)
    private func blendRows<Channel: PlainChannel>(
        _ row: Int, _ origin: UnsafePointer<Channel>, _ stride: Int, _ span: Range<Int>,
        _ blend: UnsafeMutablePointer<Float>
    ) {
        let inside = max(span.lowerBound, 0)..<min(span.upperBound, source.width)
        let count = inside.count * 3, write = blend + (inside.lowerBound - span.lowerBound) * 3
        func line(_ tap: Int) -> UnsafePointer<Channel> {
            let place = min(max(rows.starts[row] + tap, 0), source.height - 1)
            return origin + place * stride + inside.lowerBound * 3
        }
        func weight(_ tap: Int) -> Float { rows.weights[row * rows.count + tap] }
        if rows.count == 2 {
            let (a, b) = (line(0), line(1)), (p, q) = (weight(0), weight(1))
            for i in 0..<count { write[i] = a[i].float * p + b[i].float * q }
        } else {
            let (a, b, c, d) = (line(0), line(1), line(2), line(3))
            let (p, q, r, s) = (weight(0), weight(1), weight(2), weight(3))
            for i in 0..<count { write[i] = a[i].float * p + b[i].float * q + c[i].float * r + d[i].float * s }
        }
        for pixel in 0..<max(inside.lowerBound - span.lowerBound, 0) {
            for channel in 0..<3 { blend[pixel * 3 + channel] = write[channel] }
        }
        for pixel in inside.upperBound - span.lowerBound..<span.count {
            for channel in 0..<3 { blend[pixel * 3 + channel] = write[count - 3 + channel] }
        }
    }

    /// Makes one row of all three planes from the blended row.
    @inline(__always)
    private func spread(
        _ blend: UnsafePointer<Float>, _ first: Int, _ scale: SIMD4<Float>, _ shift: SIMD4<Float>,
        _ red: UnsafeMutablePointer<Float>
    ) {
        let plane = output.width * output.height, (green, blue) = (red + plane, red + 2 * plane)
        columns.starts.withUnsafeBufferPointer { starts in
            columns.weights.withUnsafeBufferPointer { weights in
                for column in 0..<output.width {
                    let pixel = UnsafeRawPointer(blend + (starts[column] - first) * 3)
                    var value = Self.load(pixel, 0) * weights[column * columns.count]
                    for tap in 1..<columns.count {
                        value += Self.load(pixel, tap) * weights[column * columns.count + tap]
                    }
                    value = value * scale + shift
                    (red[column], green[column], blue[column]) = (value[0], value[1], value[2])
                }
            }
        }
    }

    @inline(__always)
    private static func load(_ pixel: UnsafeRawPointer, _ place: Int) -> SIMD4<Float> {
        pixel.loadUnaligned(fromByteOffset: place * 12, as: SIMD4<Float>.self)
    }
}

/// A number that pictures are made of.
protocol PlainChannel {
    var float: Float { get }
}

extension UInt8: PlainChannel {
    var float: Float { Float(self) }
}

extension Float: PlainChannel {
    var float: Float { self }
}

extension Frame {
    /// Resizes without antialiasing to 8 bits, rounded and cut off: for operations on bytes that come afterwards.
    ///
    /// - Parameter plan: the part and the size.
    /// - Returns: a frame of the plan's output size.
    public func resized(_ plan: PlainResize) -> Frame {
        let planes = plan.planes(self, scale: SIMD3(repeating: 1), shift: SIMD3(repeating: 0))
        let plane = plan.output.width * plan.output.height
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * plane) { target, count in
            planes.withUnsafeBufferPointer { planes in
                for place in 0..<plane {
                    for channel in 0..<3 {
                        let value = planes[channel * plane + place].rounded(.toNearestOrEven)
                        target[place * 3 + channel] = UInt8(min(255, max(0, value)))
                    }
                }
            }
            count = 3 * plane
        }
        return Frame(width: plan.output.width, height: plan.output.height, pixels: pixels, time: time)
    }
}
