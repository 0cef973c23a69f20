import CFFmpeg

/// The time stamps of a stream's packets in presentation order, read without decoding.
struct PacketIndex {
    /// Time stamps in ticks of the packets whose pictures come out, increasing.
    let timestamps: [Int64]
    /// Time stamps of the packets at which decoding can begin, hidden ones included, increasing.
    let keys: [Int64]
    /// All packets of the stream, hidden ones included.
    let packetCount: Int
    /// Packets whose pictures come out, with or without a time stamp.
    let frameCount: Int
    /// Whether every packet has a time stamp of its own.
    let isRegular: Bool

    /// Reads the packets from where the demuxer stands to the end of the file.
    init(scanning demuxer: Demuxer) throws(VideoError) {
        guard let packet = av_packet_alloc() else {
            throw VideoError(.openFailed, path: demuxer.path, detail: "out of memory")
        }
        defer {
            var owned: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&owned)
        }
        var (stamps, keys): ([Int64], [Int64]) = ([], [])
        var (packets, frames, isComplete) = (0, 0, true)
        while try demuxer.read(into: packet) {
            packets += 1
            let pts = packet.pointee.pts
            let hasTime = pts != verb_no_timestamp()
            if packet.pointee.flags & AV_PKT_FLAG_DISCARD == 0 {
                frames += 1
                isComplete = isComplete && hasTime
                if hasTime { stamps.append(pts) }
            }
            if hasTime, packet.pointee.flags & AV_PKT_FLAG_KEY != 0 { keys.append(pts) }
            av_packet_unref(packet)
        }
        stamps.sort()
        isRegular = isComplete && zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 }
        timestamps = stamps
        self.keys = keys.sorted()
        packetCount = packets
        frameCount = frames
    }

    /// The number of time stamps before `timestamp`: the position of the frame shown then, if there is one.
    func position(of timestamp: Int64) -> Int { timestamps.count(before: timestamp) }

    /// The frames that are themselves key packets; hidden ones are not frames.
    var keyFrames: [Int] {
        keys.compactMap { key in
            let position = position(of: key)
            return position < timestamps.count && timestamps[position] == key ? position : nil
        }
    }

    /// The last key packet at or before a frame in presentation order, as an index into `keys`.
    ///
    /// By presentation and not by coding order: pictures shown just before a key frame may need the group before it.
    func key(before frame: Int) -> Int? {
        let timestamp = timestamps[frame]
        let count = keys.count(before: timestamp)
        if count < keys.count, keys[count] == timestamp { return count }
        return count > 0 ? count - 1 : nil
    }
}

extension Array where Element: Comparable {
    /// In an increasing array, how many elements are smaller than `value`.
    func count(before value: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
