import Foundation
import Testing

@testable import Torch

@Suite("Safetensors files")
struct SafetensorsTests {
    static let types: [DType] =
        [.float64, .float32, .float16, .bfloat16, .int64, .int32, .int16, .int8, .uint8, .bool]

    private func item(_ name: String, _ dtype: DType, _ shape: [Int], _ bytes: [UInt8]) -> SafetensorsWriter.Item {
        SafetensorsWriter.Item(name: name, dtype: dtype, shape: shape) { sink throws(StateFileError) in
            try bytes.withUnsafeBufferPointer { bytes throws(StateFileError) in try sink(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    @Test("every element type survives a round trip", arguments: types)
    func roundTrip(_ dtype: DType) throws {
        let path = try StateFileFixtures.temporary("types.safetensors")
        let bytes = (0..<(6 * dtype.byteCount)).map { dtype == .bool ? UInt8($0 % 2) : UInt8($0 * 7 % 251) }
        let items = [item("a", dtype, [2, 3], bytes), item("empty", dtype, [0, 4], []), item("one", .uint8, [], [9])]
        try SafetensorsWriter(path: path).save(items, metadata: [:])
        let file = try StateFile.read(path)
        let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) })
        #expect(file.format == .safetensors)
        #expect(tensors["a"]?.dtype == dtype)
        #expect(tensors["a"]?.shape == [2, 3])
        #expect(try tensors["a"]?.bytes() == bytes)
        #expect(tensors["empty"]?.shape == [0, 4])
        #expect(tensors["one"]?.shape == [])
        #expect(try tensors["one"]?.bytes() == [9])
    }

    @Test("names and metadata survive a round trip")
    func texts() throws {
        let path = try StateFileFixtures.temporary("names.safetensors")
        let names = ["naïve ✓", "a \"quoted\" \\ name", "tab\tnew\nline\u{1}", "😀.weight"]
        let metadata = ["format": "pt", "ключ \"q\"": "värde\n\u{1F}"]
        try SafetensorsWriter(path: path).save(names.map { item($0, .int8, [1], [5]) }, metadata: metadata)
        let file = try StateFile.read(path)
        #expect(Set(file.tensors.map(\.name)) == Set(names))
        #expect(file.metadata == metadata)
    }

    @Test("the order of the tensors does not change the file, and every tensor is aligned")
    func deterministic() throws {
        let items = Self.types.enumerated().map { index, dtype in
            item("t\(index)", dtype, [1], .init(repeating: 1, count: dtype.byteCount))
        }
        let (first, second) = (try StateFileFixtures.temporary("a"), try StateFileFixtures.temporary("b"))
        try SafetensorsWriter(path: first).save(items, metadata: ["x": "1", "y": "2"])
        try SafetensorsWriter(path: second).save(items.reversed(), metadata: ["y": "2", "x": "1"])
        #expect(try Data(contentsOf: URL(filePath: first)) == Data(contentsOf: URL(filePath: second)))
        for (_, tensor) in try StateFile.read(first).tensors {
            #expect(tensor.span.lowerBound % tensor.dtype.byteCount == 0)
        }
    }

    @Test("a failed write leaves the old file and nothing else")
    func atomic() throws {
        let path = try StateFileFixtures.temporary("model.safetensors")
        try SafetensorsWriter(path: path).save([item("a", .int8, [1], [1])], metadata: [:])
        let failing = SafetensorsWriter.Item(name: "b", dtype: .int8, shape: [1]) { _ throws(StateFileError) in
            throw StateFileError(.damaged, path: path, "no data")
        }
        #expect(throws: StateFileError.self) { try SafetensorsWriter(path: path).save([failing], metadata: [:]) }
        #expect(try StateFile.read(path).tensors.map(\.name) == ["a"])
        let folder = URL(filePath: path).deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }

    @Test("names that cannot be stored are refused before anything is written")
    func refusedNames() throws {
        let path = try StateFileFixtures.temporary("model.safetensors")
        for names in [["a", "a"], ["__metadata__"]] {
            let error = #expect(throws: StateFileError.self) {
                try SafetensorsWriter(path: path).save(names.map { item($0, .int8, [0], []) }, metadata: [:])
            }
            #expect(error?.kind == .unwritable)
        }
        #expect(throws: StateFileError.self) {
            try SafetensorsWriter(path: "/nonexistent/folder/x").save([], metadata: [:])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "headers that JSON readers tolerate are refused",
        arguments: [
            #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":[1]}}"#,
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#,
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#,
            #"{"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            #"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
            #"{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            #"{"\ud800\u0041":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            #"{"a":{"dtype":"F32","shape":[1]}}"#,
            #"{"a":[]}"#,
        ])
    func strictness(_ header: String) throws {
        let error = #expect(throws: StateFileError.self) { try read(header) }
        #expect(error?.kind == .damaged)
    }

    @Test(
        "header lengths whose bytes open other kinds of file", arguments: [0x280, 0x380, 0x480, 0x580, 0x8B1F])
    func misleadingLengths(_ length: Int) throws {
        let path = try StateFileFixtures.temporary("misleading.safetensors")
        let header = Array(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.utf8)
        let bytes =
            (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + header
            + [UInt8](repeating: UInt8(ascii: " "), count: length - header.count) + [7]
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try StateFile.format(of: path) == .safetensors)
        #expect(try StateFile.read(path).tensors.first?.tensor.bytes() == [7])
    }

    @Test("escapes and white space are read")
    func leniency() throws {
        let file = try read(#"{ "\u0061\ud83d\ude00\n" : {"dtype":"F32" , "shape":[ 1 ],"data_offsets":[0, 4]} }   "#)
        #expect(file.tensors.map(\.name) == ["a😀\n"])
        #expect(file.tensors.first?.tensor.shape == [1])
    }

    private func read(_ header: String) throws -> StateFile {
        let path = try StateFileFixtures.temporary("header.safetensors")
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> ($0 * 8)) }
        bytes += Array(header.utf8) + [1, 2, 3, 4]
        try Data(bytes).write(to: URL(filePath: path))
        return try StateFile.read(path)
    }
}
