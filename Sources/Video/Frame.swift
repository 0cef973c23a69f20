/// One decoded picture: 8-bit RGB, row-major, channel last.
public struct Frame: Sendable, Equatable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int
    /// `height * width * 3` bytes in RGB order, rows tightly packed.
    public let pixels: [UInt8]
    /// Presentation time in seconds as the container states it; frame 0 need not be at 0.
    public let time: Double

    /// Makes a frame from packed RGB bytes.
    ///
    /// - Parameters:
    ///   - width: width in pixels.
    ///   - height: height in pixels.
    ///   - pixels: `height * width * 3` bytes, RGB.
    ///   - time: presentation time in seconds.
    public init(width: Int, height: Int, pixels: [UInt8], time: Double = 0) {
        precondition(pixels.count == width * height * 3, "frame: \(pixels.count) bytes for \(width)x\(height) RGB")
        self.width = width
        self.height = height
        self.pixels = pixels
        self.time = time
    }
}
