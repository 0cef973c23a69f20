/// A new value for each of a channel's 256 values.
struct ToneTable {
    let values: [UInt8]

    /// Computes the values, cut off at 0 and 255.
    init(_ value: (Int) -> Int) { values = (0..<256).map { UInt8(min(255, max(0, value($0)))) } }

    static let identity = ToneTable { $0 }

    /// From the lowest and highest values that occur to 0 and 255.
    static func autoContrast(_ histogram: [Int]) -> ToneTable {
        guard let low = histogram.firstIndex(where: { $0 > 0 }), let high = histogram.lastIndex(where: { $0 > 0 }),
            high > low
        else { return identity }
        let scale = 255 / Double(high - low), offset = -Double(low) * scale
        return ToneTable { Int(Double($0) * scale + offset) }
    }

    /// By the share of smaller values.
    static func equalize(_ histogram: [Int]) -> ToneTable {
        let highest = histogram.last { $0 > 0 } ?? 0
        let step = (histogram.reduce(0, +) - highest) / 255
        guard step > 0 else { return identity }
        var below = step / 2
        let levels = histogram.map { count in
            defer { below += count }
            return below / step
        }
        return ToneTable { levels[$0] }
    }

    static func posterize(bits: Int) -> ToneTable {
        let dropped = min(8, max(0, 8 - bits))
        return ToneTable { ($0 >> dropped) << dropped }
    }
}

extension Frame {
    /// How often each value occurs in a channel.
    func histogram(channel: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        pixels.withUnsafeBufferPointer { source in
            for place in stride(from: channel, to: source.count, by: 3) { counts[Int(source[place])] += 1 }
        }
        return counts
    }

    /// Replaces values by a table for each channel.
    func mapped(_ table: (Int) -> ToneTable) -> Frame {
        let tables = (0..<3).flatMap { table($0).values }
        let changed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            tables.withUnsafeBufferPointer { tables in
                pixels.withUnsafeBufferPointer { source in
                    var place = 0
                    while place < source.count {
                        target[place] = tables[Int(source[place])]
                        target[place + 1] = tables[256 + Int(source[place + 1])]
                        target[place + 2] = tables[512 + Int(source[place + 2])]
                        place += 3
                    }
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: changed, time: time)
    }
}
