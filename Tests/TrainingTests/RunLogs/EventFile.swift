import Foundation
import Testing

/// Reads event files with code of its own: bit-wise checks, fields by number.
struct EventFile {
    struct Event {
        var time = 0.0, step = 0
        var version: String?, isStart = false
        var scalars: [String: Float] = [:], texts: [String: String] = [:], images: [String: [UInt8]] = [:]
    }

    private struct Torn: Error {}

    let events: [Event]

    init(_ path: String) throws {
        var rest = ArraySlice(try #require(FileManager.default.contents(atPath: path)))
        var events: [Event] = []
        while !rest.isEmpty {
            try #require(rest.count >= 16)
            let header = rest.prefix(8)
            let length = Int(Self.integer(header))
            #expect(UInt32(Self.integer(rest.dropFirst(8).prefix(4))) == Self.masked(header))
            let message = rest.dropFirst(12).prefix(length)
            try #require(rest.count >= 16 + length)
            #expect(UInt32(Self.integer(rest.dropFirst(12 + length).prefix(4))) == Self.masked(message))
            events.append(try Self.event(message))
            rest = rest.dropFirst(16 + length)
        }
        self.events = events
    }

    private static func event(_ bytes: ArraySlice<UInt8>) throws -> Event {
        var event = Event()
        for (field, value) in try fields(bytes) {
            switch field {
            case 1: event.time = Double(bitPattern: integer(value))
            case 2: event.step = Int(Int64(bitPattern: integer(value)))
            case 3: event.version = String(decoding: value, as: UTF8.self)
            case 5: for (_, item) in try fields(value) { try add(item, to: &event) }
            case 7: event.isStart = try fields(value).contains { $0 == 1 && integer($1) == 1 }
            default: Issue.record("field \(field)")
            }
        }
        return event
    }

    private static func add(_ bytes: ArraySlice<UInt8>, to event: inout Event) throws {
        var parts: [Int: ArraySlice<UInt8>] = [:]
        for (field, value) in try fields(bytes) { parts[field] = value }
        let name = String(decoding: try #require(parts[1]), as: UTF8.self)
        if let number = parts[2] { event.scalars[name] = Float(bitPattern: UInt32(integer(number))) }
        if let image = parts[4] { event.images[name] = try fields(image).first { $0.0 == 4 }.map { Array($0.1) } }
        if let tensor = parts[8] {
            event.texts[name] = try fields(tensor).first { $0.0 == 8 }.map { String(decoding: $0.1, as: UTF8.self) }
        }
    }

    /// The fields of a message; numbers as eight or four bytes.
    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(Int, ArraySlice<UInt8>)] {
        var rest = bytes, result: [(Int, ArraySlice<UInt8>)] = []
        func number() throws -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while true {
                guard let byte = rest.popFirst() else { throw Torn() }
                value |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return value }
            }
        }
        while !rest.isEmpty {
            let tag = try number()
            switch tag & 7 {
            case 0: result.append((Int(tag >> 3), ArraySlice(withUnsafeBytes(of: try number()) { Array($0) })))
            case 1, 5:
                let count = tag & 7 == 1 ? 8 : 4
                result.append((Int(tag >> 3), rest.prefix(count)))
                rest = rest.dropFirst(count)
            default:
                let count = Int(try number())
                try #require(rest.count >= count)
                result.append((Int(tag >> 3), rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
        return result
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        crc = ~crc
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
