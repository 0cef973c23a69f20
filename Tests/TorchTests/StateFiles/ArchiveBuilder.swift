import Foundation

@testable import Torch

/// Writes small zip archives for tests, well formed or not.
struct ArchiveBuilder {
    struct Entry {
        var name: String
        var content: [UInt8]
        var flags = 0
        var method = 0
    }

    var entries: [Entry]
    /// Whether sizes and offsets are put into ZIP64 fields.
    var isWide = false
    var comment: [UInt8] = []

    /// An archive as `torch.save` writes it, around a pickle.
    init(pickle: [UInt8], storages: [[UInt8]] = [], isScript: Bool = false) {
        entries = [Entry(name: "archive/data.pkl", content: pickle)]
        if isScript { entries.append(Entry(name: "archive/constants.pkl", content: [])) }
        entries += storages.enumerated().map { Entry(name: "archive/data/\($0.offset)", content: $0.element) }
    }

    func read() throws -> StateFile {
        let path = try StateFileFixtures.temporary("archive.pt")
        try Data(bytes()).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try StateFile.read(path)
    }

    func bytes() -> [UInt8] {
        var result: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = result.count
            let checksum = entry.content.withUnsafeBytes { CRC32.checksum(of: $0) }
            let name = Array(entry.name.utf8)
            // As torch writes them: the local header knows neither checksum nor sizes.
            result += little(0x0403_4B50, 4) + little(20, 2) + little(entry.flags, 2) + little(entry.method, 2)
            result += little(0, 16) + little(name.count, 2) + little(5, 2) + name + [70, 66, 1, 0, 0] + entry.content
            let size = little(isWide ? 0xFFFF_FFFF : entry.content.count, 4)
            let wide = little(entry.content.count, 8) + little(entry.content.count, 8) + little(offset, 8)
            let extra = isWide ? little(0x7777, 2) + little(1, 2) + [0] + little(1, 2) + little(24, 2) + wide : []
            directory += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(entry.flags, 2)
            directory += little(entry.method, 2) + little(0, 4) + little(Int(checksum), 4) + size + size
            directory += little(name.count, 2) + little(extra.count, 2) + little(0, 10)
            directory += little(isWide ? 0xFFFF_FFFF : offset, 4) + name + extra
        }
        let start = result.count
        result += directory
        if isWide {
            let record = result.count
            result += little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
            result +=
                little(entries.count, 8) + little(entries.count, 8) + little(directory.count, 8) + little(start, 8)
            result += little(0x0706_4B50, 4) + little(0, 4) + little(record, 8) + little(1, 4)
        }
        let count = little(isWide ? 0xFFFF : entries.count, 2)
        result += little(0x0605_4B50, 4) + little(0, 4) + count + count
        result += little(isWide ? 0xFFFF_FFFF : directory.count, 4) + little(isWide ? 0xFFFF_FFFF : start, 4)
        return result + little(comment.count, 2) + comment
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
    }
}

/// Pickle instructions for tests.
enum Pickle {
    static let start: [UInt8] = [0x80, 2]

    static func text(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }

    static func int(_ value: Int32) -> [UInt8] {
        [0x4A] + (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    static func tuple(_ items: [UInt8]...) -> [UInt8] { [0x28] + items.flatMap(\.self) + [0x74] }

    static func put(_ slot: UInt8) -> [UInt8] { [0x71, slot] }

    static func get(_ slot: UInt8) -> [UInt8] { [0x68, slot] }

    /// A float tensor on storage `key`, with extra fields of the storage's identifier after the element count.
    static func tensor(
        key: String = "0", count: Int32, offset: Int32 = 0, shape: [Int32], strides: [Int32], view: [UInt8] = []
    ) -> [UInt8] {
        let storage = tuple(text("storage"), global("torch", "FloatStorage"), text(key), text("cpu"), int(count), view)
        return global("torch._utils", "_rebuild_tensor_v2")
            + tuple(
                storage + [0x51], int(offset), tuple(shape.flatMap(int)), tuple(strides.flatMap(int)), [0x89],
                global("collections", "OrderedDict") + [0x29, 0x52]) + [0x52]
    }
}
