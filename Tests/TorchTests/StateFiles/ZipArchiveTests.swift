import Foundation
import Testing

@testable import Torch

@Suite("Zip archives")
struct ZipArchiveTests {
    private static let pickle =
        Pickle.start + [0x7D] + Pickle.text("w") + Pickle.tensor(count: 2, shape: [2], strides: [1]) + [0x73, 0x2E]
    private static let sound = ArchiveBuilder(pickle: pickle, storages: [[0, 0, 128, 63, 0, 0, 0, 64]])

    @Test("32-bit and ZIP64 directories are read, with and without a comment", arguments: [false, true])
    func directories(_ isWide: Bool) throws {
        var archive = Self.sound
        archive.isWide = isWide
        #expect(try archive.read().tensor("w").array(of: Float.self) == [1, 2])
        archive.comment = Array("PK\u{5}\u{6} a comment that looks like a record".utf8)
        #expect(try archive.read().tensor("w").array(of: Float.self) == [1, 2])
    }

    @Test("entries that are doubled, encrypted, compressed, missing or of the wrong size are refused")
    func refused() throws {
        let changes: [(StateFileError.Kind, (inout ArchiveBuilder) -> Void)] = [
            (.damaged, { $0.entries.append($0.entries[1]) }),
            (.unsupported, { $0.entries[1].flags = 1 }),
            (.unsupported, { $0.entries[1].method = 8 }),
            (.unsupported, { $0.entries[0].method = 8 }),
            (.damaged, { $0.entries.remove(at: 1) }),
            (.damaged, { $0.entries[1].content.append(0) }),
            (.notAStateFile, { $0.entries[0].name = "archive/other.pkl" }),
            (.notAStateFile, { $0.entries.append(.init(name: "second/data.pkl", content: [])) }),
            (.unsupported, { $0.entries.append(.init(name: "archive/byteorder", content: Array("big".utf8))) }),
        ]
        for (index, (kind, change)) in changes.enumerated() {
            var archive = Self.sound
            change(&archive)
            let error = #expect(throws: StateFileError.self) { try archive.read() }
            #expect(error?.kind == kind, "change \(index): \(error as Any)")
        }
    }

    @Test("an archive cut anywhere is refused or read, never a trap")
    func cuts() throws {
        let path = try StateFileFixtures.temporary("cut.pt")
        var archive = Self.sound
        archive.isWide = true
        let bytes = archive.bytes()
        for count in 0..<bytes.count {
            try Data(bytes.prefix(count)).write(to: URL(filePath: path))
            #expect(throws: StateFileError.self) { try StateFile.read(path) }
        }
    }
}
