import Testing
import Torch

@Suite("Gradients and modes")
struct AutogradTests {
    private struct Failure: Error {}

    private func leaf(_ values: [Double]) -> Tensor {
        let tensor = Tensor(values)
        tensor.setRequiresGradient(true)
        return tensor
    }

    @Test("backward adds to the leaves' gradients until they are cleared")
    func accumulation() throws {
        let x = leaf([1, 2])
        #expect(x.gradient == nil)
        (x * 3).sum().backward()
        (x * x).sum().backward()
        #expect(try #require(x.gradient).array() == [3.0 + 2, 3 + 4])
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test("backward takes the gradient of a result that is not a number")
    func seed() throws {
        let x = leaf([1, 2])
        (x * x).backward(Tensor([10.0, 1]))
        #expect(try #require(x.gradient).array() == [20.0, 4])
    }

    @Test("gradients(by:) leaves stored gradients alone and tells independence")
    func functional() throws {
        let (x, y) = (leaf([1, 2]), leaf([5]))
        let gradients = (x * 4).gradients(by: [x, y])
        #expect(try #require(gradients[0]).array() == [4.0, 4])
        #expect(gradients[1] == nil)
        #expect(x.gradient == nil && y.gradient == nil)
    }

    @Test("conversions carry the gradient in the leaf's own type")
    func conversion() throws {
        let x = leaf([1, 2])
        (x.to(dtype: .float32) * 3).to(dtype: .bfloat16).sum().backward()
        let gradient = try #require(x.gradient)
        #expect(gradient.dtype == .float64 && gradient.array() == [3.0, 3])
    }

    @Test("detached and copied values have no history")
    func detached() {
        let x = leaf([1, 2])
        #expect((x * 2).requiresGradient)
        #expect(!(x * 2).detached().requiresGradient)
        #expect(x.cloned().requiresGradient)
        #expect(!(x.greater(than: 1)).requiresGradient)
    }

    @Test("nothing is recorded inside of withoutGradient; withGradient opens a window")
    func nesting() {
        let x = leaf([1])
        withoutGradient {
            #expect(!(x * 2).requiresGradient)
            withGradient { #expect((x * 2).requiresGradient) }
            #expect(!(x * 2).requiresGradient)
            withoutGradient {}
            #expect(!(x * 2).requiresGradient)
        }
        #expect((x * 2).requiresGradient)
    }

    @Test("the mode is restored when the body throws, with the error's type")
    func throwing() {
        let x = leaf([1])
        do {
            try withoutGradient { () throws(Failure) in throw Failure() }
            Issue.record("nothing was thrown")
        } catch {
            #expect(type(of: error) == Failure.self)
        }
        #expect((x * 2).requiresGradient)
    }

    @Test("the mode does not leak to other threads")
    func otherThreads() async {
        // The closures run while this thread is inside of withoutGradient, and the other thread is not.
        let (here, there) = await withCheckedContinuation { continuation in
            let x = leaf([1])
            let there = withoutGradient { OtherThread.result { (x * 2).requiresGradient } }
            continuation.resume(returning: ((x * 2).requiresGradient, there))
        }
        #expect(here && there)
    }

    @Test("matrix products are cast under autocast only, and the type before comes back")
    func autocast() {
        let (x, w) = (Tensor.ones([2, 3]), Tensor.ones([4, 3]))
        func type() -> DType { x.linear(w).dtype }
        withAutocast(.bfloat16) {
            #expect(type() == .bfloat16)
            #expect((x + x).dtype == .float32)
            withAutocast(.float16) { #expect(type() == .float16) }
            #expect(type() == .bfloat16)
        }
        #expect(type() == .float32)
        do {
            try withAutocast(.bfloat16) { () throws(Failure) in throw Failure() }
        } catch {}
        #expect(type() == .float32)
    }

    @Test("parameters keep their type under autocast, and so do their gradients")
    func autocastGradients() throws {
        let w = Tensor.ones([4, 3])
        w.setRequiresGradient(true)
        withAutocast(.bfloat16) { Tensor.ones([2, 3]).linear(w) }.sum().backward()
        let gradient = try #require(w.gradient)
        #expect(gradient.dtype == .float32)
        #expect(gradient.array() == [Float](repeating: 2, count: 12))
    }
}
