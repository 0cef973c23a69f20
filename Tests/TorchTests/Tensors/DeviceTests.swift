import Testing
import Torch

@Suite("Devices")
struct DeviceTests {
    @Test(
        "PyTorch's spelling is read and written",
        arguments: [("cpu", Device.cpu), ("cuda:0", .cuda(0)), ("cuda:12", .cuda(12)), ("mps", .mps)])
    func spelling(_ text: String, _ device: Device) {
        #expect(Device(text) == device)
        #expect(device.description == text)
    }

    @Test("cuda alone is the first one")
    func short() { #expect(Device("cuda") == .cuda(0)) }

    @Test("anything else is refused", arguments: ["", "CPU", "gpu", "cuda:", "cuda:-1", "cuda:1.5", "cuda:x", "cpu:0"])
    func unknown(_ text: String) { #expect(Device(text) == nil) }

    @Test("the processor is always there; indices that no machine has are not")
    func availability() {
        #expect(Device.cpu.isAvailable)
        #expect(!Device.cuda(-1).isAvailable && !Device.cuda(100).isAvailable)
        Device.cpu.synchronize()
    }

    @Test("tensors say where they live and stay there")
    func placement() {
        let x = Tensor.zeros([2])
        #expect(x.device == .cpu && x.to(device: .cpu).device == .cpu && (x + 1).device == .cpu)
    }

    @Test(
        "values survive the way to a GPU and back",
        .enabled(if: Device.cuda(0).isAvailable, "this machine has no CUDA device, or LibTorch no support for it"))
    func cuda() {
        let x = Tensor([1.5, -2, 3]).to(device: .cuda(0))
        #expect(x.device == .cuda(0) && (x * 2).array() == [3.0, -4, 6])
    }
}
