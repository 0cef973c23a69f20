internal import Video

/// One clip or view, of the model's size.
public struct ClipPixels: Sendable, Equatable {
    /// What pixels are stored as.
    public enum Storage: Sendable, Equatable {
        /// 8-bit RGB `[T, H, W, 3]`; smaller, and normalised later.
        case bytes([UInt8])
        /// Normalised numbers `[T, 3, H, W]`, erased where that was drawn.
        case floats([Float])
    }

    /// The number T of frames.
    public let frames: Int
    /// The height in pixels.
    public let height: Int
    /// The width in pixels.
    public let width: Int
    /// The pixels.
    public let storage: Storage
    /// What is erased when bytes are normalised.
    public let erasure: Erasure?

    /// The number of values, `3 · T · H · W`.
    public var count: Int { 3 * frames * height * width }

    /// Makes a clip.
    ///
    /// - Parameters:
    ///   - frames: the number of frames.
    ///   - height: the height in pixels.
    ///   - width: the width in pixels.
    ///   - storage: as many values as these sizes say.
    ///   - erasure: what is erased when bytes are normalised.
    public init(frames: Int, height: Int, width: Int, storage: Storage, erasure: Erasure? = nil) {
        (self.frames, self.height, self.width) = (frames, height, width)
        (self.storage, self.erasure) = (storage, erasure)
        let found =
            switch storage {
            case .bytes(let bytes): bytes.count
            case .floats(let floats): floats.count
            }
        guard found == count else { fatalError("clip: \(found) values for [\(frames), 3, \(height), \(width)]") }
    }

    /// Makes a clip of pictures of one size.
    init(_ pictures: [Frame], erasure: Erasure? = nil) {
        let size = pictures.first?.size ?? PixelSize(width: 0, height: 0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * size.width * size.height * pictures.count)
        for picture in pictures { bytes += picture.pixels }
        self.init(
            frames: pictures.count, height: size.height, width: size.width, storage: .bytes(bytes), erasure: erasure)
    }

    /// The model's input.
    ///
    /// - Parameter normalization: the model's; without effect on numbers that are normalised already.
    /// - Returns: `[T, 3, H, W]`.
    public func normalized(_ normalization: PixelNormalization) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { target, filled in
            write(normalization, to: target)
            filled = count
        }
    }

    /// Writes the model's input into memory that is there already.
    package func write(_ normalization: PixelNormalization, to target: UnsafeMutableBufferPointer<Float>) {
        guard target.count >= count else { fatalError("clip: \(count) values into \(target.count)") }
        switch storage {
        case .floats(let floats): _ = target.update(fromContentsOf: floats)
        case .bytes(let bytes):
            Self.normalize(bytes, plane: height * width, normalization, to: target)
            erasure?.erase(target, frames: frames, size: PixelSize(width: width, height: height))
        }
    }

    /// One pass over the bytes; each channel's 256 possible results are computed once.
    private static func normalize(
        _ bytes: [UInt8], plane: Int, _ normalization: PixelNormalization,
        to target: UnsafeMutableBufferPointer<Float>
    ) {
        guard plane > 0, let to = target.baseAddress else { return }
        let (scale, shift) = (normalization.scale, normalization.shift)
        let values = (0..<3).flatMap { channel in (0..<256).map { Float($0) * scale[channel] + shift[channel] } }
        values.withUnsafeBufferPointer { values in
            bytes.withUnsafeBufferPointer { bytes in
                for frame in 0..<bytes.count / (3 * plane) {
                    let red = to + frame * 3 * plane, (green, blue) = (red + plane, red + 2 * plane)
                    var read = frame * 3 * plane
                    for place in 0..<plane {
                        red[place] = values[Int(bytes[read])]
                        green[place] = values[256 + Int(bytes[read + 1])]
                        blue[place] = values[512 + Int(bytes[read + 2])]
                        read += 3
                    }
                }
            }
        }
    }
}
