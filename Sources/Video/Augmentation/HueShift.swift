internal import Foundation

extension Frame {
    /// Turns the hue of every pixel, through 8-bit HSV as Pillow converts it.
    ///
    /// - Parameter shift: part of the circle; whole steps of 1/255 are taken, cut towards zero.
    /// - Returns: a frame of the same size and time.
    func hueShifted(by shift: Double) -> Frame {
        let turn = UInt8(truncatingIfNeeded: Int(shift * 255))
        let changed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                for place in stride(from: 0, to: source.count, by: 3) {
                    var pixel = HSV(red: source[place], green: source[place + 1], blue: source[place + 2])
                    pixel.hue &+= turn
                    (target[place], target[place + 1], target[place + 2]) = pixel.rgb
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: changed, time: time)
    }
}

/// A colour as hue, saturation and value, 8 bits each.
struct HSV {
    var hue: UInt8
    let saturation: UInt8, value: UInt8

    init(red: UInt8, green: UInt8, blue: UInt8) {
        let high = max(red, green, blue), low = min(red, green, blue)
        value = high
        guard high > low else {
            (hue, saturation) = (0, 0)
            return
        }
        let range = Float(high - low)
        func distance(_ channel: UInt8) -> Float { Float(high - channel) / range }
        let sector: Float =
            if red == high {
                distance(blue) - distance(green)
            } else if green == high {
                Float(2.0 + Double(distance(red)) - Double(distance(blue)))
            } else {
                Float(4.0 + Double(distance(green)) - Double(distance(red)))
            }
        let turn = Float(fmod(Double(sector) / 6.0 + 1.0, 1.0))
        hue = UInt8(min(max(Int(Double(turn) * 255.0), 0), 255))
        saturation = UInt8(min(max(Int(Double(range / Float(high)) * 255.0), 0), 255))
    }

    var rgb: (UInt8, UInt8, UInt8) {
        guard saturation > 0 else { return (value, value, value) }
        let scaled = Float(hue) * 6 / 255, sector = scaled.rounded(.down)
        let rest = Double(scaled - sector), share = Double(Float(saturation) / 255), full = Double(value)
        func level(_ x: Double) -> UInt8 { UInt8(min(max((full * x).rounded(.toNearestOrAwayFromZero), 0), 255)) }
        let p = level(1 - share), q = level(1 - share * rest), t = level(1 - share * (1 - rest))
        switch Int(sector) % 6 {
        case 0: return (value, t, p)
        case 1: return (q, value, p)
        case 2: return (p, value, t)
        case 3: return (p, q, value)
        case 4: return (t, p, value)
        default: return (value, p, q)
        }
    }
}
