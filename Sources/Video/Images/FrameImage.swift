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
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG), var encoder = avcodec_alloc_context3(codec) else {
            throw VideoError(.unsupportedCodec, detail: "no PNG encoder")
        }
        defer { free(&encoder, with: avcodec_free_context) }
        encoder.pointee.width = Int32(width)
        encoder.pointee.height = Int32(height)
        encoder.pointee.pix_fmt = AV_PIX_FMT_RGB24
        encoder.pointee.time_base = AVRational(num: 1, den: 25)
        encoder.pointee.thread_count = 1
        guard var picture = av_frame_alloc(), var packet = av_packet_alloc() else {
            throw VideoError(.writeFailed, detail: "out of memory")
        }
        defer {
            free(&picture, with: av_frame_free)
            free(&packet, with: av_packet_free)
        }
        var code = avcodec_open2(encoder, codec, nil)
        if code >= 0 { code = fill(picture) }
        if code >= 0 { code = avcodec_send_frame(encoder, picture) }
        if code >= 0 { code = avcodec_send_frame(encoder, nil) }
        if code >= 0 { code = avcodec_receive_packet(encoder, packet) }
        guard code >= 0, let bytes = packet.pointee.data else {
            throw VideoError(.writeFailed, path: "", code: code, doing: "encoding a PNG of \(width)x\(height)")
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

    /// Copies the pixels into a new buffer of an RGB picture.
    private func fill(_ picture: UnsafeMutablePointer<AVFrame>) -> Int32 {
        picture.pointee.format = AV_PIX_FMT_RGB24.rawValue
        picture.pointee.width = Int32(width)
        picture.pointee.height = Int32(height)
        let code = av_frame_get_buffer(picture, 0)
        guard code >= 0, let rows = picture.pointee.data.0 else { return code }
        pixels.withUnsafeBufferPointer { pixels in
            guard let base = pixels.baseAddress else { return }
            for row in 0..<height {
                (rows + row * Int(picture.pointee.linesize.0)).update(from: base + row * width * 3, count: width * 3)
            }
        }
        return 0
    }
}

/// Calls one of libav's `…_free` functions, which want the address of an optional pointer.
func free<T>(
    _ pointer: inout UnsafeMutablePointer<T>, with release: (UnsafeMutablePointer<UnsafeMutablePointer<T>?>) -> Void
) {
    var optional: UnsafeMutablePointer<T>? = pointer
    release(&optional)
}
