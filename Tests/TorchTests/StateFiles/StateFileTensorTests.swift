import Foundation
import Testing

@testable import Torch

@Suite("Tensors of state files")
struct StateFileTensorTests {
    static let pickles = StateFileFixtures.own.appending(path: "clip/pickles")

    @Test("tensors have the stored values, views included", arguments: ["misc_zip.pt", "misc_legacy.pt"])
    func values(_ name: String) throws {
        let state = try #require(try StateFile.read(Self.pickles.appending(path: name).path).root["state_dict"])
        let expected = try StateFile.read(Self.pickles.appending(path: "tensors.safetensors").path)
        for (name, tensor) in try state.loadedTensors() {
            let twin = try expected.tensor("outputs.\(name)")
            #expect(tensor.shape == twin.shape && tensor.dtype == twin.dtype, "\(name)")
            #expect(tensor.withBytes { Array($0) } == twin.withBytes { Array($0) }, "\(name)")
        }
        #expect(try state["transposed"]?.tensor?.loaded().isContiguous == false)
        #expect(try state["expanded"]?.tensor?.loaded().strides.contains(0) == true)
    }

    @Test("each request has storage of its own and the file stays as it is", arguments: [4, 1 << 18])
    func ownership(_ count: Int) throws {
        let path = try StateFileFixtures.temporary("own.safetensors")
        try StateFile.write(["a": .ones([count])], to: path)
        let file = try StateFile.read(path)
        let (first, second) = (try file.tensor("a"), try file.tensor("a"))
        first.fill(7)
        #expect(first.array(of: Float.self).last == 7)
        #expect(second.array(of: Float.self).last == 1)
        #expect(try file.tensor("a").array(of: Float.self).last == 1)
        #expect(try StateFile.read(path).tensor("a").array(of: Float.self).first == 1)
    }

    @Test("tensors outlive the file object and the file's name")
    func lifetime() throws {
        let path = try StateFileFixtures.temporary("gone.safetensors")
        try StateFile.write(["a": .ones([1 << 18])], to: path)
        let tensor = try StateFile.read(path).tensor("a")
        try FileManager.default.removeItem(atPath: path)
        #expect(tensor.array(of: Float.self).allSatisfy { $0 == 1 })
    }

    @Test("every element type survives a round trip", arguments: DType.allCases)
    func roundTrip(_ dtype: DType) throws {
        let path = try StateFileFixtures.temporary("types.safetensors")
        let tensor = Tensor([0, 1, 1, 0, 1, 0] as [Int32], shape: [2, 3]).to(dtype: dtype)
        try StateFile.write(
            ["rows": tensor, "columns": tensor.transposed(0, 1), "one": .full([], 1, dtype: dtype)],
            metadata: ["step": "12"], to: path)
        let file = try StateFile.read(path)
        let tensors = try file.loadedTensors()
        #expect(file.metadata == ["step": "12"])
        #expect(tensors["rows"]?.dtype == dtype)
        #expect(tensors["rows"]?.array(of: Int32.self) == [0, 1, 1, 0, 1, 0])
        #expect(tensors["columns"]?.shape == [3, 2])
        #expect(tensors["columns"]?.array(of: Int32.self) == [0, 0, 1, 1, 1, 0])
        #expect(tensors["one"]?.shape == [])
    }

    @Test("damaged data is found when it is asked for, unless checksums are ignored")
    func checksums() throws {
        let path = StateFileFixtures.own.appending(path: "clip/bad/crc_mismatch.pt").path
        let file = try StateFile.read(path)
        #expect(throws: StateFileError.self) { try file.loadedTensors() }
        #expect(throws: StateFileError.self) { try file.verify() }
        #expect(try !StateFile.read(path, checksums: .ignored).loadedTensors().isEmpty)
    }

    @Test("a name that is not there is an error that says so")
    func missing() throws {
        let file = try StateFile.read(Self.pickles.appending(path: "tensors.safetensors").path)
        let error = #expect(throws: StateFileError.self) { try file.tensor("nothing") }
        #expect(error?.kind == .missing && error?.place == "nothing")
    }

    @Test("truth values that are neither 0 nor 1 count as true")
    func truth() throws {
        let path = try StateFileFixtures.temporary("bool.safetensors")
        let header = #"{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"#
        try Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 1, 255])
            .write(to: URL(filePath: path))
        #expect(try StateFile.read(path).tensor("a").array(of: Int32.self) == [0, 1, 1])
    }
}
