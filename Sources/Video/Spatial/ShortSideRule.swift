/// How large a picture becomes when its short side gets a given length; the four conventions in use.
///
/// A picture whose short side already has that length keeps its size. Source: video specification 4.1.
public enum ShortSideRule: String, Sendable, Codable, CaseIterable {
    /// Long side `⌊long · S / short⌋` in whole numbers: EVL, M2-CLIP and ST-Adapter in evaluation.
    case integerFloor = "integer_floor"
    /// Long side `⌊(long / short) · S⌋`, the division first: SlowFast, and the training jitter of M2-CLIP, ST-Adapter.
    case floatFloor = "float_floor"
    /// Long side `S · long / short` cut off: torchvision, so CLIP preprocessing and ActionCLIP.
    case pillow = "pil_resize"
    /// Both sides `side · (S / short) + ½` cut off: mmaction2 and ViFi-CLIP.
    case mmcv = "mmcv_rescale"

    /// The size after resizing.
    ///
    /// - Parameters:
    ///   - size: the size before.
    ///   - short: the length S of the short side in pixels.
    /// - Returns: the size after; at least one pixel each way.
    public func size(of size: PixelSize, short: Int) -> PixelSize {
        if size.short == short { return size }
        let long: Int
        switch self {
        case .integerFloor: long = size.long * short / size.short
        case .floatFloor: long = Int((Double(size.long) / Double(size.short)) * Double(short))
        case .pillow: long = Int(Double(short * size.long) / Double(size.short))
        case .mmcv:
            let scale = Double(short) / Double(size.short)
            return PixelSize(
                width: Int(Double(size.width) * scale + 0.5), height: Int(Double(size.height) * scale + 0.5))
        }
        return size.width < size.height ? PixelSize(width: short, height: long) : PixelSize(width: long, height: short)
    }
}
