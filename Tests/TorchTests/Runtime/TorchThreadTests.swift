import Foundation
import Testing
import Torch

/// An actor as the package's sessions are: its executor is the LibTorch thread.
private actor Session {
    nonisolated var unownedExecutor: UnownedSerialExecutor { TorchThread.shared.asUnownedSerialExecutor() }
    private let weight = Tensor.ones([64, 64])
    private(set) var calls = 0

    func compute() -> UInt {
        calls += 1
        _ = withoutGradient { weight.matmul(weight).sum() }
        return OtherThread.current
    }

    /// Leaves the actor and comes back.
    func computeAround() async -> [UInt] {
        let before = compute()
        await Task.yield()
        let elsewhere = await TorchThread.run { OtherThread.current }
        return [before, elsewhere, compute()]
    }
}

@Suite("The LibTorch thread")
struct TorchThreadTests {
    private struct Failure: Error, Equatable {
        let code: Int
    }

    @Test("two hundred calls from many tasks run on one thread")
    func oneThread() async {
        let session = Session()
        let threads = await withTaskGroup(of: UInt.self) { group in
            for _ in 0..<200 { group.addTask { await session.compute() } }
            return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
        }
        #expect(threads.count == 1)
        #expect(await session.calls == 200)
    }

    @Test("all actors and run share the thread, also across suspension")
    func shared() async {
        let sessions = [Session(), Session()]
        var threads: Set<UInt> = []
        for session in sessions { threads.formUnion(await session.computeAround()) }
        threads.insert(await onTorchActor())
        #expect(threads.count == 1)
        #expect(!threads.contains(OtherThread.result { OtherThread.current }))
    }

    @TorchActor private func onTorchActor() -> UInt { OtherThread.current }

    @Test("jobs of one task run in their order")
    func order() async {
        for expected in 1...20 {
            let session = Session()
            for _ in 0..<expected { _ = await session.compute() }
            #expect(await session.calls == expected)
        }
    }

    @Test("run gives values and typed errors")
    func run() async {
        let sum: Float = await TorchThread.run { Tensor.ones([3, 4]).sum().item() }
        #expect(sum == 12)
        do {
            try await TorchThread.run { () throws(Failure) in throw Failure(code: 7) }
            Issue.record("nothing was thrown")
        } catch {
            #expect(error == Failure(code: 7))
        }
    }

    @Test("a graph as deep as its thread's stack must bear is freed")
    func deepGraph() async {
        let depth = await TorchThread.run {
            let x = Tensor.ones([1])
            x.setRequiresGradient(true)
            var y = x
            for _ in 0..<20_000 { y = y + x }
            return y.item(Int.self)
        }
        #expect(depth == 20_001)
    }

    @Test(
        "the process's threads stay as many once LibTorch is warm",
        .enabled(if: OtherThread.count != nil, "threads are counted in /proc/self/status, on Linux only"))
    func threadCount() async {
        // In a process of its own: other tests start threads.
        await #expect(processExitsWith: .success) {
            // Each further thread that called LibTorch would start this many.
            let pool = 4 * ProcessInfo.processInfo.activeProcessorCount
            TorchRuntime.threads = pool
            func calls() async {
                let session = Session()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<200 { group.addTask { _ = await session.compute() } }
                }
            }
            await calls()
            let before = try #require(OtherThread.count)
            await calls()
            let after = try #require(OtherThread.count)
            // Swift's own pool may still grow to one thread a core.
            #expect(after - before <= ProcessInfo.processInfo.activeProcessorCount)
        }
    }
}
