import Testing
import Torch

@Suite("Runtime settings")
struct TorchRuntimeTests {
    @Test("the version is LibTorch's own, three numbers")
    func version() {
        let numbers = TorchRuntime.version.split(separator: ".").prefix(2).compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers.lexicographicallyPrecedes([2, 0]) == false)
    }

    @Test("the number of threads is set for the process")
    func threads() async {
        #expect(TorchRuntime.threads > 0)
        await #expect(processExitsWith: .success) {
            for count in [1, 2] {
                TorchRuntime.threads = count
                #expect(TorchRuntime.threads == count)
                let product = await TorchThread.run { Tensor.ones([200, 200]).matmul(Tensor.ones([200, 200])) }
                #expect(product.sum().item(Int.self) == 200 * 200 * 200)
            }
        }
    }
}
