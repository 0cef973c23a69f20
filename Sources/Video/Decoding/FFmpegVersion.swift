internal import CFFmpeg

/// The FFmpeg that decodes.
public enum FFmpegVersion {
    /// The version that FFmpeg says of itself, such as `5.1.6-0+deb12u1`.
    public static var text: String { String(cString: av_version_info()) }
}
