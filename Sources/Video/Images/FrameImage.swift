import CFFmpeg
import Foundation

extension Frame {
    /// Reads one picture from an image file: JPEG, PNG and whatever else FFmpeg decodes.
    ///
    /// Transparency is dropped. JPEG decoders differ from each other by one or two levels.
    ///
    /// - Parameters:
    ///   - path: the path of the image.
    ///   - options: limits and conversions.
    /// - Throws: ``VideoError`` as for a video.
    public init(imageAt path: String, options: VideoOptions = .init()) throws(VideoError) {
        let reader = try VideoReader(path: path, options: options)
        guard let frame = try reader.nextFrame() else {
            throw VideoError(.noFrames, path: path, detail: "the image is empty")
        }
        self = frame
    }

    /// The picture as the bytes of a PNG file.
    ///
    /// - Returns: the file's content.
    /// - Throws: `unsupportedCodec` when this build of FFmpeg has no PNG encoder, `writeFailed` when it fails.
    public func pngBytes() throws(VideoError) -> [UInt8] {
        try bytes(of: "PNG", AV_CODEC_ID_PNG, AV_PIX_FMT_RGB24, configure: { _ in }, fill: fill)
    }

    /// The picture as the bytes of a JPEG file, with colours at full resolution.
    ///
    /// - Parameter quantizer: from 2, the best, to 31, the smallest.
    /// - Returns: the file's content.
    /// - Throws: `unsupportedCodec` when this build of FFmpeg has no JPEG encoder, `writeFailed` when it fails.
    public func jpegBytes(quantizer: Int = 4) throws(VideoError) -> [UInt8] {
        let quality = Int32(min(max(quantizer, 2), 31)) * FF_QP2LAMBDA
        return try bytes(of: "JPEG", AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ444P) { encoder in
            encoder.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
            encoder.pointee.global_quality = quality
            encoder.pointee.color_range = AVCOL_RANGE_JPEG
        } fill: { picture in
            picture.pointee.quality = quality
            return fillFullRange(picture)
        }
    }

    private func bytes(
        of name: String, _ id: AVCodecID, _ format: AVPixelFormat,
        configure: (UnsafeMutablePointer<AVCodecContext>) -> Void, fill: (UnsafeMutablePointer<AVFrame>) -> Int32
    ) throws(VideoError) -> [UInt8] {
        guard let codec = avcodec_find_encoder(id), var encoder = avcodec_alloc_context3(codec) else {
            throw VideoError(.unsupportedCodec, detail: "no \(name) encoder")
        }
        defer { free(&encoder, with: avcodec_free_context) }
        encoder.pointee.width = Int32(width)
        encoder.pointee.height = Int32(height)
        encoder.pointee.pix_fmt = format
        encoder.pointee.time_base = AVRational(num: 1, den: 25)
        encoder.pointee.thread_count = 1
        configure(encoder)
        guard var picture = av_frame_alloc(), var packet = av_packet_alloc() else {
            throw VideoError(.writeFailed, detail: "out of memory")
        }
        defer {
            free(&picture, with: av_frame_free)
            free(&packet, with: av_packet_free)
        }
        picture.pointee.format = format.rawValue
        picture.pointee.width = Int32(width)
        picture.pointee.height = Int32(height)
        var code = avcodec_open2(encoder, codec, nil)
        if code >= 0 { code = av_frame_get_buffer(picture, 0) }
        if code >= 0 { code = fill(picture) }
        if code >= 0 { code = avcodec_send_frame(encoder, picture) }
        if code >= 0 { code = avcodec_send_frame(encoder, nil) }
        if code >= 0 { code = avcodec_receive_packet(encoder, packet) }
        guard code >= 0, let bytes = packet.pointee.data else {
            throw VideoError(.writeFailed, path: "", code: code, doing: "encoding a \(name) of \(width)x\(height)")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(packet.pointee.size)))
    }

    /// Writes the picture as a PNG file, under a temporary name until it is complete.
    ///
    /// - Parameter path: the path of the file; an existing one is replaced.
    /// - Throws: `unsupportedCodec` or `writeFailed`.
    public func writePNG(to path: String) throws(VideoError) {
        let data = Data(try pngBytes())
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw VideoError(.writeFailed, path: path, detail: "\(error.localizedDescription)")
        }
    }

    /// Copies the pixels into an RGB picture.
    private func fill(_ picture: UnsafeMutablePointer<AVFrame>) -> Int32 {
        guard let rows = picture.pointee.data.0 else { return -1 }
        pixels.withUnsafeBufferPointer { pixels in
            guard let base = pixels.baseAddress else { return }
            for row in 0..<height {
                (rows + row * Int(picture.pointee.linesize.0)).update(from: base + row * width * 3, count: width * 3)
            }
        }
        return 0
    }

    /// Converts the pixels into a picture of JPEG's colours: ITU-R BT.601, all levels used.
    private func fillFullRange(_ picture: UnsafeMutablePointer<AVFrame>) -> Int32 {
        guard
            let scaler = verb_scaler_create(
                Int32(width), Int32(height), AV_PIX_FMT_RGB24.rawValue, Int32(width), Int32(height),
                AV_PIX_FMT_YUV444P.rawValue, verb_scaler_encoding(), SWS_CS_ITU601, 1, 1)
        else { return -1 }
        defer { verb_scaler_free(scaler) }
        picture.pointee.color_range = AVCOL_RANGE_JPEG
        return pixels.withUnsafeBufferPointer {
            verb_scaler_from_packed(scaler, $0.baseAddress, Int32(width * 3), Int32(height), picture)
        }
    }
}

/// Calls one of libav's `…_free` functions, which want the address of an optional pointer.
func free<T>(
    _ pointer: inout UnsafeMutablePointer<T>, with release: (UnsafeMutablePointer<UnsafeMutablePointer<T>?>) -> Void
) {
    var optional: UnsafeMutablePointer<T>? = pointer
    release(&optional)
}
