/// How geometric operations read between pixels, and what they show outside of the picture.
public struct WarpStyle: Sendable, Hashable {
    /// How a value between pixels is made.
    public enum Kernel: String, Sendable, Codable, CaseIterable {
        /// The pixel that holds the place.
        case nearest
        /// Two by two pixels.
        case bilinear
        /// Four by four pixels, a = -1.
        case bicubic
    }

    /// How a value between pixels is made.
    public var kernel: Kernel
    /// The colour outside, RGB.
    public var fill: SIMD3<UInt8>

    /// Makes a style.
    ///
    /// - Parameters:
    ///   - kernel: how a value between pixels is made.
    ///   - fill: the colour outside, RGB.
    public init(kernel: Kernel, fill: SIMD3<UInt8>) { (self.kernel, self.fill) = (kernel, fill) }

    /// EVL and M2-CLIP: bicubic, grey.
    public static let timm = WarpStyle(kernel: .bicubic, fill: SIMD3(128, 128, 128))
    /// ActionCLIP: nearest pixel, black.
    public static let ildoonet = WarpStyle(kernel: .nearest, fill: SIMD3(0, 0, 0))
}
