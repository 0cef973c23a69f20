import FixtureSupport
import Synchronization
import Testing
import Torch

/// Memory that counts how often it was let go.
private final class Memory: Sendable {
    let bytes: UInt
    let releases: ReleaseCount
    let count: Int

    init(_ values: [Float], _ releases: ReleaseCount) {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
        memory.initialize(from: values, count: values.count)
        bytes = UInt(bitPattern: memory)
        count = values.count
        self.releases = releases
    }

    var address: UnsafeMutableRawPointer {
        guard let address = UnsafeMutableRawPointer(bitPattern: bytes) else { fatalError("no memory") }
        return address
    }

    deinit {
        address.deallocate()
        releases.value.withLock { $0 += 1 }
    }

    func view(_ shape: [Int], strides: [Int]) -> Tensor {
        Tensor(
            viewing: self, address: address, byteCount: count * 4, shape: shape, strides: strides, dtype: .float32)
    }
}

private final class ReleaseCount: Sendable {
    let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
}

@Suite("Views of foreign memory")
struct TensorViewTests {
    @Test("the owner lives as long as the tensor, and is released once")
    func lifetime() {
        let releases = ReleaseCount()
        var tensor: Tensor? = Memory([1, 2, 3], releases).view([3], strides: [1])
        #expect(tensor?.array() == [Float(1), 2, 3])
        #expect(releases.count == 0)
        tensor = nil
        #expect(releases.count == 1)
    }

    @Test("views of the tensor keep the owner, whichever dies first")
    func outlived() {
        let releases = ReleaseCount()
        var part: Tensor?
        var other: Tensor?
        do {
            let whole = Memory([1, 2, 3, 4, 5, 6], releases).view([2, 3], strides: [3, 1])
            part = whole.transposed().select(0, 1)
            other = whole.slice(0, 1..<2)
        }
        #expect(releases.count == 0)
        #expect(part?.array() == [Float(2), 5])
        part = nil
        #expect(releases.count == 0)
        #expect(other?.array() == [Float(4), 5, 6])
        other = nil
        #expect(releases.count == 1)
    }

    @Test("a recorded graph keeps the owner of what it needs")
    func graph() throws {
        let releases = ReleaseCount()
        let x = Tensor([Float(1), 1])
        x.setRequiresGradient(true)
        var loss: Tensor? = (x * Memory([3, 4], releases).view([2], strides: [1])).sum()
        #expect(releases.count == 0)
        try #require(loss).backward()
        loss = nil
        #expect(releases.count == 1)
        let gradient = try #require(x.gradient)
        #expect(gradient.array() == [Float(3), 4])
    }

    @Test("strides with gaps, repeats and no elements")
    func strides() {
        let releases = ReleaseCount()
        do {
            let memory = Memory([1, 2, 3, 4, 5], releases)
            #expect(memory.view([3], strides: [2]).array() == [Float(1), 3, 5])
            #expect(memory.view([2, 2], strides: [1, 3]).array() == [Float(1), 4, 2, 5])
            #expect(memory.view([3], strides: [0]).array() == [Float(1), 1, 1])
            #expect(memory.view([0, 9], strides: [9, 1]).count == 0)
            #expect(memory.view([], strides: []).item() == Float(1))
        }
        #expect(releases.count == 1)
    }

    @Test("writes go to the memory")
    func writing() {
        let memory = Memory([1, 2, 3, 4], ReleaseCount())
        memory.view([2], strides: [2]).fill(9)
        #expect(memory.view([4], strides: [1]).array() == [Float(9), 2, 9, 4])
    }

    /// Shapes and strides that reach past four floats.
    static let misfits: [[[Int]]] = [[[3], [2]], [[2], [-1]], [[2, 2], [1]]]

    @Test("reaching past the memory traps", arguments: misfits)
    func reach(_ layout: [[Int]]) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [layout] in
            _ = Memory([1, 2, 3, 4], ReleaseCount()).view(layout[0], strides: layout[1])
        }
        expectMessage(result, "view: \(layout[0]) with strides \(layout[1]) of float32 reaches past 16 bytes")
    }
}
