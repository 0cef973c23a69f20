import CFFmpeg

/// Turns decoded pictures into upright 8-bit RGB: owns the scaler and its row buffer.
///
/// The flags matter: with bilinear alone and no resizing swscale takes its special converter, whose results are equal
/// in FFmpeg 4.1 to 8.1 and in every Python reader (video specification 2.2).
final class ColorConverter {
    private struct Key: Equatable {
        let width: Int32, height: Int32, format: Int32, outWidth: Int32, outHeight: Int32, matrix: Int32, full: Int32
    }

    private let path: String
    private let matrix: VideoOptions.Matrix
    private let orientation: Orientation
    private var key: Key?
    private var scaler: UnsafeMutableRawPointer?
    private var rows: UnsafeMutablePointer<UInt8>?

    init(path: String, matrix: VideoOptions.Matrix, orientation: Orientation) {
        self.path = path
        self.matrix = matrix
        self.orientation = orientation
    }

    deinit { release() }

    /// Converts a picture.
    ///
    /// - Parameters:
    ///   - picture: a decoded picture.
    ///   - size: the coded size that comes out before turning; a picture of another size is scaled.
    ///   - time: the presentation time in seconds.
    /// - Returns: the upright frame.
    /// - Throws: `unsupportedCodec` for a pixel format that swscale cannot read, `damaged` when conversion fails.
    func frame(
        _ picture: UnsafeMutablePointer<AVFrame>, size: (width: Int, height: Int), time: Double
    ) throws(VideoError) -> Frame {
        let wanted = Key(
            width: picture.pointee.width, height: picture.pointee.height, format: picture.pointee.format,
            outWidth: Int32(size.width), outHeight: Int32(size.height), matrix: coefficients(of: picture),
            full: isFullRange(picture) ? 1 : 0)
        if wanted != key { try rebuild(wanted) }
        guard let rows else { throw VideoError(.unsupportedCodec, path: path, detail: "no colour converter") }
        let (width, height) = orientation.size(size.width, size.height), stride = Self.stride(size.width)
        let writesThrough = orientation == .upright && stride == width * 3
        var code: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3 + Self.spare) { buffer, count in
            guard let target = buffer.baseAddress else { return }
            code = verb_scaler_to_packed(scaler, picture, writesThrough ? target : rows, Int32(stride))
            if !writesThrough {
                orientation.copy(rows, width: size.width, height: size.height, stride: stride, to: target)
            }
            count = width * height * 3
        }
        guard code >= 0 else { throw VideoError(.damaged, path: path, code: code, doing: "converting colours") }
        return Frame(width: width, height: height, pixels: pixels, time: time)
    }

    private func rebuild(_ wanted: Key) throws(VideoError) {
        release()
        scaler = verb_scaler_create(
            wanted.width, wanted.height, wanted.format, wanted.outWidth, wanted.outHeight, AV_PIX_FMT_RGB24.rawValue,
            verb_scaler_decoding(), wanted.matrix, wanted.full, 1)
        guard scaler != nil else {
            let name = av_get_pix_fmt_name(AVPixelFormat(rawValue: wanted.format)).map { String(cString: $0) }
            throw VideoError(
                .unsupportedCodec, path: path, detail: "no conversion from pixel format \(name ?? "\(wanted.format)")")
        }
        rows = .allocate(capacity: Self.stride(Int(wanted.outWidth)) * Int(wanted.outHeight) + Self.spare)
        key = wanted
    }

    private func release() {
        verb_scaler_free(scaler)
        rows?.deallocate()
        (scaler, rows, key) = (nil, nil, nil)
    }

    /// Fast converters may write past the end of a row.
    private static let spare = 64

    private static func stride(_ width: Int) -> Int { (width * 3 + 63) / 64 * 64 }

    /// The matrix number for swscale: unspecified and RGB mean BT.601, whatever the height.
    private func coefficients(of picture: UnsafeMutablePointer<AVFrame>) -> Int32 {
        let tag = picture.pointee.colorspace
        let isUntagged = tag == AVCOL_SPC_UNSPECIFIED || tag == AVCOL_SPC_RGB
        return matrix == .bt601 || isUntagged ? SWS_CS_ITU601 : Int32(tag.rawValue)
    }

    private func isFullRange(_ picture: UnsafeMutablePointer<AVFrame>) -> Bool {
        let full = [
            AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
        ]
        return picture.pointee.color_range == AVCOL_RANGE_JPEG
            || full.contains { $0.rawValue == picture.pointee.format }
    }
}
