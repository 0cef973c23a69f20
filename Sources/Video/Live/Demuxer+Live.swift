import CFFmpeg

extension Demuxer {
    /// Opens a live source: the door beside the one for regular files.
    static func open(
        _ source: LiveSource, options: VideoOptions, interruption: Interruption
    ) throws(VideoError) -> Demuxer {
        switch source {
        case .file(let path): return try open(path, options: options, interruption: interruption)
        case .pipe(let path):
            return try open(DescriptorInput(pipe: path, interruption), options, interruption)
        case .descriptor(let number):
            return try open(DescriptorInput(number, isOwned: false, interruption), options, interruption)
        case .camera(let name):
            return try Demuxer(openCamera(name, interruption), options: options, interruption)
        case .url(let address):
            let context = try openContext(address, settings: settings(of: address), interruption: interruption)
            return try Demuxer(context, options: options, interruption)
        }
    }

    /// Whether this has an end that is known beforehand, and is not made while it is read.
    ///
    /// That is a stated duration in an answer of a stated length, from which no server need be able to read parts. A
    /// length alone is not enough: play lists of live streams have one.
    var isRecording: Bool {
        // Protocols such as RTSP read by themselves, and state the duration of recordings only.
        guard let source = context.pointee.pb else { return duration != nil }
        guard avio_size(source) > 0 else { return false }
        let format = String(cString: context.pointee.iformat.pointee.name)
        return duration != nil || Self.formatsWithoutDuration.contains(format)
    }

    /// Formats that cannot state how long they are.
    private static let formatsWithoutDuration: Set = ["mpegts", "mpeg", "h264", "hevc"]

    private static func open(
        _ input: DescriptorInput, _ options: VideoOptions, _ interruption: Interruption
    ) throws(VideoError) -> Demuxer {
        // A play list in a pipe could name anything: no protocol at all is used.
        let settings = ["protocol_whitelist": "none"].merging(liveSettings) { $1 }
        let context = try openContext(nil, settings: settings, input: input, interruption: interruption)
        return try Demuxer(context, options: options, interruption, input: input)
    }

    private static func openCamera(
        _ name: String, _ interruption: Interruption
    ) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
        _ = registerDevices
        #if canImport(Darwin)
            let format = "avfoundation"
        #else
            let format = "v4l2"
        #endif
        guard let input = av_find_input_format(format) else {
            throw VideoError(.openFailed, path: interruption.path, detail: "this FFmpeg was built without \(format)")
        }
        // V4L2 would wait for a picture without asking whether it is still wanted.
        return try openContext(
            name, format: input, settings: [:], flags: AVFMT_FLAG_NONBLOCK, interruption: interruption)
    }

    /// Less looking ahead than for files: what is read while probing is late by so much.
    private static let liveSettings = ["analyzeduration": "1000000"]

    /// Which protocols an address may lead to; local files never.
    private static func settings(of address: String) -> [String: String] {
        var settings = liveSettings
        switch address.prefix(while: { $0 != ":" }).lowercased() {
        case "rtsp", "rtsps":
            // Over TCP no packet is lost, which decoders would show as damage.
            settings["rtsp_transport"] = "tcp"
            settings["protocol_whitelist"] = "rtp,srtp,udp,tcp,tls,http,https,httpproxy"
        case "http", "https": settings["protocol_whitelist"] = "http,https,tcp,tls,crypto,httpproxy"
        case "udp":
            settings["protocol_whitelist"] = "udp"
            // Datagrams that come faster than they are read are lost, as others on their way; that is no end.
            settings["overrun_nonfatal"] = "1"
        default: settings["protocol_whitelist"] = "tcp"
        }
        return settings
    }
}

private let registerDevices: Void = avdevice_register_all()
