import Foundation
import Testing

@testable import Torch

@Suite("The pickle machine")
struct PickleMachineTests {
    private func root(_ instructions: [UInt8]..., isScript: Bool = false) throws -> StateValue {
        let pickle = Pickle.start + instructions.flatMap(\.self) + [0x2E]
        return try ArchiveBuilder(pickle: pickle, storages: [.init(repeating: 0, count: 24)], isScript: isScript)
            .read().root
    }

    @Test("integers of every width keep their value")
    func integers() throws {
        #expect(try root([0x4B, 255]).int == 255)
        #expect(try root([0x4D, 0xFF, 0xFF]).int == 65535)
        #expect(try root(Pickle.int(-1)).int == -1)
        #expect(try root([0x8A, 0]).int == 0)
        #expect(try root([0x8A, 1, 0x80]).int == -128)
        #expect(try root([0x8A, 2, 0x80, 0]).int == 128)
        #expect(try root([0x8A, 8] + [UInt8](repeating: 0, count: 7) + [0x80]).int == .min)
        #expect(try root([0x8A, 9] + [UInt8](repeating: 0xFF, count: 9)).int == -1)
        #expect(try root([0x8B, 2, 0, 0, 0, 1, 1]).int == 257)
        let wide = try root([0x8A, 9] + [UInt8](repeating: 0, count: 7) + [0x80, 0])  // 2^63
        #expect(wide.kind == .bigInteger && wide.int == nil && wide.bytes?.count == 9)
    }

    @Test("texts and bytes of every length form are read")
    func texts() throws {
        #expect(try root([0x8D, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9]).string == "é")
        #expect(try root([0x58, 1, 0, 0, 0, 0x61]).string == "a")
        #expect(try root([0x43, 2, 1, 2]).bytes == [1, 2])
        #expect(try root([0x42, 1, 0, 0, 0, 9]).bytes == [9])
        #expect(throws: StateFileError.self) { try root([0x8C, 1, 0xFF]) }
    }

    @Test("stack instructions do what Python's do")
    func stack() throws {
        let one: [UInt8] = [0x4B, 1]
        let two: [UInt8] = [0x4B, 2]
        #expect(try root(one, two, [0x30]).int == 1)  // POP
        #expect(try root(one, [0x28], two, two, [0x31]).int == 1)  // POP_MARK
        #expect(try root(one, [0x28, 0x30]).int == 1)  // POP of a mark
        #expect(try root(one, [0x32, 0x86]).elements?.map(\.int) == [1, 1])  // DUP TUPLE2
        #expect(try root([0x28], one, two, [0x6C]).elements?.map(\.int) == [1, 2])  // LIST
        #expect(try root([0x28], one, two, [0x64])[1]?.int == 2)  // DICT
        #expect(try root([0x7D], one, two, [0x73], one, one, [0x73])[1]?.int == 1)  // the later value of a key
        for bad: [UInt8] in [[], one + two, [0x28], one + [0x28, 0x86], [0x74], [0x86], one + [0x28], [0x5D, 0x62]] {
            #expect(throws: StateFileError.self) { try root(bad) }
        }
    }

    @Test("an ordered dictionary takes pairs and drops its state")
    func orderedDictionary() throws {
        let name = Pickle.global("collections", "OrderedDict")
        let pair = Pickle.tuple(Pickle.text("a"), Pickle.int(5))
        let value = try root(
            name, [0x5D], pair, [0x61, 0x85, 0x52, 0x7D], Pickle.text("_metadata"), [0x4E, 0x73, 0x62])
        #expect(value.entries?.count == 1 && value["a"]?.int == 5)
    }

    @Test("a list that contains itself is read")
    func cycle() throws {
        let value = try root([0x5D], Pickle.put(0), Pickle.get(0), [0x61])
        #expect(value[0]?[0]?[0]?.kind == .list)
    }

    @Test("copying one list again and again ends in an error, not in all of the memory")
    func copies() throws {
        let pair = Pickle.tuple(Pickle.text("a"), [0x4E]) + Pickle.put(1)
        let pairs = [0x5D, 0x28] + pair + Array(repeatElement(Pickle.get(1), count: 5000).joined()) + [0x65]
        let call = Pickle.get(0) + Pickle.get(2) + [0x52, 0x30]
        let start = Pickle.global("collections", "OrderedDict") + Pickle.put(0) + pairs + [0x85] + Pickle.put(2)
        let error = #expect(throws: StateFileError.self) {
            try root(start, Array(repeatElement(call, count: 5000).joined()))
        }
        #expect(error?.what.contains("too many values") == true)
    }

    @Test(
        "names that call something are refused when they are met",
        arguments: [
            ("posix", "system", StateFileError.Kind.forbidden), ("builtins", "eval", .forbidden),
            ("torch.hub", "load", .unsupported), ("__torch__.Model", "Model", .forbidden),
            ("torch.jit._pickle", "restore_type_tag", .unsupported), ("numpy.core.multiarray", "scalar", .unsupported),
            ("torch", "load", .unsupported), ("torch", "QInt8Storage", .unsupported), ("os\u{0}", "x", .forbidden),
        ])
    func names(_ module: String, _ name: String, _ kind: StateFileError.Kind) {
        let error = #expect(throws: StateFileError.self) { try root(Pickle.global(module, name)) }
        #expect(error?.kind == kind)
        #expect(error?.what.contains("\(module).\(name)") == true)
    }

    @Test(
        "tensors that reach outside their storage are refused",
        arguments: [
            ([7], [1], 0), ([2], [6], 0), ([1], [1], 6), ([2], [-1], 1), ([-1], [1], 0), ([2, 2], [1], 0),
            ([1], [1], -1),
            ([0], [1], 7), ([Int32.max, Int32.max, Int32.max], [0, 0, 0], 0), ([1 << 20, 1 << 20], [0, 0], 0),
            (Array(repeating: 1, count: 17), Array(repeating: 0, count: 17), 0),
        ] as [([Int32], [Int32], Int32)])
    func geometry(_ shape: [Int32], _ strides: [Int32], _ offset: Int32) {
        #expect(throws: StateFileError.self) {
            try root(Pickle.tensor(count: 6, offset: offset, shape: shape, strides: strides))
        }
    }

    @Test(
        "legal corners of tensor geometry are read",
        arguments: [
            ([], [], 5), ([0], [1], 6), ([6], [1], 0), ([3, 0, Int32.max], [1, 1, 1], 0), ([1], [Int32.max], 5),
        ] as [([Int32], [Int32], Int32)])
    func corners(_ shape: [Int32], _ strides: [Int32], _ offset: Int32) throws {
        let tensor = try #require(
            try root(Pickle.tensor(count: 6, offset: offset, shape: shape, strides: strides)).tensor)
        #expect(try tensor.bytes().count == tensor.count * 4)
        #expect(try tensor.loaded().shape == shape.map { Int($0) })
    }

    @Test("TorchScript objects that are shared give a name for each path, and too many paths are refused")
    func script() throws {
        let type = Pickle.global("__torch__", "Part")
        let leaf =
            type + [0x29, 0x81, 0x7D] + Pickle.text("w") + Pickle.tensor(count: 6, shape: [6], strides: [1])
            + [0x73, 0x62] + Pickle.put(0)
        func doubled(_ slot: UInt8) -> [UInt8] {
            type + [0x29, 0x81, 0x7D, 0x28] + Pickle.text("a") + Pickle.get(slot) + Pickle.text("b") + Pickle.get(slot)
                + [0x75, 0x62] + Pickle.put(slot + 1)
        }
        let shared = try root(leaf, [0x30], doubled(0), isScript: true)
        #expect(shared.tensors.map(\.name) == ["a.w", "b.w"])
        let bomb = leaf + (0..<60).flatMap { [0x30] + doubled($0) }
        #expect(throws: StateFileError.self) { try root(bomb, isScript: true) }
        let cycle = type + [0x29, 0x81] + Pickle.put(0) + [0x7D] + Pickle.text("a") + Pickle.get(0) + [0x73, 0x62]
        #expect(throws: StateFileError.self) { try root(cycle, isScript: true) }
    }

    @Test("views of storages in legacy files are read")
    func legacyViews() throws {
        let view = Pickle.tuple(Pickle.text("1"), Pickle.int(2), Pickle.int(3))
        let tensor = Pickle.tensor(key: "7", count: 6, shape: [3], strides: [1], view: view)
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        var bytes = magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E, 0x80, 2, 0x7D, 0x2E]
        bytes += Pickle.start + [0x7D] + Pickle.text("w") + tensor + [0x73, 0x2E]
        bytes += Pickle.start + [0x5D] + Pickle.text("7") + [0x61, 0x2E, 6, 0, 0, 0, 0, 0, 0, 0]
        for number in 0..<6 { withUnsafeBytes(of: Float(number)) { bytes += $0 } }
        let path = try StateFileFixtures.temporary("legacy.pt")
        try Data(bytes).write(to: URL(filePath: path))
        let file = try StateFile.read(path)
        #expect(file.format == .torchLegacy)
        #expect(try file.tensor("w").array(of: Float.self) == [2, 3, 4])
    }
}
