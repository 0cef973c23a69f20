import Foundation
import Testing
import Torch

@Suite("Writing torch archives")
struct TorchArchiveWriterTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private let value: SavedValue = .dictionary([
        (.string("epoch"), .int(-3)), (.string("big"), .int(1 << 40)), (.string("lr"), .double(0.125)),
        (.string("name"), .string("naïve")), (.string("yes"), .bool(true)), (.string("no"), .bool(false)),
        (.string("nothing"), .none), (.string("list"), .list([.int(1), .string("b"), .list([])])),
        (.int(7), .string("seven")),
        (
            .string("model"),
            .tensors([
                "w": Tensor([1.5, -2, 3, 4, 5, 6] as [Float], shape: [2, 3]), "n": Tensor([1, 2] as [Int], shape: [2]),
                "h": Tensor([0.5, 2] as [Float], shape: [2]).to(dtype: .float16), "s": Tensor.full([], 4.5),
                "e": Tensor.zeros([0, 3]),
            ])
        ),
    ])

    @Test("every kind of value is read back")
    func roundTrip() throws {
        try inFolder { folder in
            let path = folder + "/a.pt"
            try StateFile.writeTorch(value, to: path)
            let file = try StateFile.read(path)
            #expect(file.format == .torchArchive)
            let root = file.root
            #expect(root["epoch"]?.int == -3 && root["big"]?.int == 1 << 40 && root["lr"]?.double == 0.125)
            #expect(root["name"]?.string == "naïve" && root["yes"]?.bool == true && root["no"]?.bool == false)
            #expect(root[7]?.string == "seven" && root["list"]?.elements?.count == 3)
            let tensors = try (try #require(root["model"])).loadedTensors()
            #expect(tensors["w"]?.array(of: Float.self) == [1.5, -2, 3, 4, 5, 6] && tensors["w"]?.shape == [2, 3])
            #expect(tensors["n"]?.dtype == .int64 && tensors["h"]?.dtype == .float16)
            #expect(
                tensors["s"]?.shape == [] && tensors["s"]?.item(Double.self) == 4.5 && tensors["e"]?.shape == [0, 3])
            try file.verify()
        }
    }

    @Test("a view is written as its elements stand")
    func views() throws {
        try inFolder { folder in
            let table = Tensor((0..<6).map(Double.init), shape: [2, 3])
            try StateFile.writeTorch(.tensors(["t": table.transposed()]), to: folder + "/v.pt")
            let read = try StateFile.read(folder + "/v.pt").tensor("t")
            #expect(read.shape == [3, 2] && read.array(of: Double.self) == [0, 3, 1, 4, 2, 5])
        }
    }

    @Test("equal values give equal bytes, and tensors begin at multiples of 64")
    func bytes() throws {
        try inFolder { folder in
            try StateFile.writeTorch(value, to: folder + "/a.pt")
            try StateFile.writeTorch(value, to: folder + "/b.pt")
            let (a, b) = (
                try Data(contentsOf: URL(fileURLWithPath: folder + "/a.pt")),
                try Data(contentsOf: URL(fileURLWithPath: folder + "/b.pt"))
            )
            #expect(a == b)
            var needle = Data()
            for number in [1.5, -2, 3, 4] as [Float] { withUnsafeBytes(of: number) { needle.append(contentsOf: $0) } }
            let place = try #require(a.range(of: needle))
            #expect(place.lowerBound % 64 == 0)
        }
    }

    @Test("a folder that is not there is an error and leaves nothing")
    func unwritable() throws {
        try inFolder { folder in
            #expect(throws: StateFileError.self) { try StateFile.writeTorch(value, to: folder + "/no/a.pt") }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }
}
