import Testing
import Torch

/// Activations that are computed again in the backward pass, against the operations that they are made of.
@Suite struct ActivatedLinearTests {
    /// More than one piece of the processor's loop, and a last piece that is not full.
    private static let shape = [3, 7, 1000]

    private static func leaf(_ shape: [Int], _ generator: Generator) -> Tensor {
        let tensor = generator.normal(shape, dtype: .float64)
        tensor.setRequiresGradient(true)
        return tensor
    }

    private static func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs.max().item(Double.self) }

    @Test("QuickGELU is x times the sigmoid of 1.702 x, and so is its gradient", arguments: [false, true])
    func quickGELU(isTransposed: Bool) async {
        let distances = await TorchThread.run {
            let generator = Generator(seed: 1), x = Self.leaf(Self.shape, generator)
            let input = isTransposed ? x.transposed() : x
            let plain = input * (input * 1.702).sigmoid, fused = input.quickGELU
            let weight = generator.normal(plain.shape, dtype: .float64)
            let gradients = [plain, fused].map { ($0 * weight).gradients(by: [x])[0] ?? x }
            return [Self.distance(plain, fused), Self.distance(gradients[0], gradients[1])]
        }
        #expect(distances.allSatisfy { $0 < 1e-12 }, "\(distances)")
    }

    @Test("an activated map has the values and gradients of its two operations", arguments: [false, true])
    func activatedLinear(isQuick: Bool) async {
        let distances = await TorchThread.run {
            let generator = Generator(seed: 2), x = Self.leaf(Self.shape, generator)
            let weight = Self.leaf([5, 1000], generator), bias = Self.leaf([5], generator)
            let plain = (isQuick ? x * (x * 1.702).sigmoid : x.gelu).linear(weight, bias)
            let fused = isQuick ? x.quickGELULinear(weight, bias) : x.geluLinear(weight, bias)
            let upstream = generator.normal(plain.shape, dtype: .float64)
            let wanted = (plain * upstream).gradients(by: [x, weight, bias])
            let found = (fused * upstream).gradients(by: [x, weight, bias])
            return [Self.distance(plain, fused)] + zip(wanted, found).map { Self.distance($0 ?? x, $1 ?? x) }
        }
        #expect(distances.count == 4 && distances.allSatisfy { $0 < 1e-10 }, "\(distances)")
    }

    @Test("a frozen map passes the gradient on and has none")
    func frozen() async {
        let (distance, isNil) = await TorchThread.run {
            let generator = Generator(seed: 3), x = Self.leaf([4, 6], generator)
            let weight = generator.normal([2, 6], dtype: .float64)
            let wanted = (x * (x * 1.702).sigmoid).linear(weight).gradients(by: [x])[0] ?? x
            let loss = x.quickGELULinear(weight).sum()
            loss.backward()
            return (Self.distance(wanted, x.gradient ?? x), weight.gradient == nil)
        }
        #expect(distance < 1e-12 && isNil)
    }

    @Test("a map of nothing is its bias, as in blocks that were pruned of all their units", arguments: [false, true])
    func empty(isQuick: Bool) async {
        let (values, shapes, byBias) = await TorchThread.run {
            let generator = Generator(seed: 4), x = Self.leaf([2, 3, 0], generator)
            let weight = Self.leaf([5, 0], generator), bias = Self.leaf([5], generator)
            let y = isQuick ? x.quickGELULinear(weight, bias) : x.geluLinear(weight, bias)
            let found = y.sum().gradients(by: [x, weight, bias])
            let same = (y - bias).abs.max().item(Double.self)
            return (same, found.map { $0?.shape ?? [] }, found[2]?.array(of: Double.self) ?? [])
        }
        #expect(values == 0 && shapes == [[2, 3, 0], [5, 0], [5]] && byBias == [6, 6, 6, 6, 6])
    }

    @Test("in mixed precision the map computes as its operations do")
    func autocast() async {
        let distance = await TorchThread.run {
            let generator = Generator(seed: 4), x = generator.normal([4, 32]), weight = generator.normal([8, 32])
            return withAutocast(.bfloat16) {
                Self.distance(
                    x.quickGELULinear(weight).to(dtype: .float32), x.quickGELU.linear(weight).to(dtype: .float32))
            }
        }
        #expect(distance == 0)
    }

    @Test("only the input is kept for the backward pass")
    func memory() async {
        let held = await TorchThread.run {
            let generator = Generator(seed: 5), weight = generator.normal([8, 1024])
            let x = generator.normal([64, 1024])
            x.setRequiresGradient(true)
            let (result, memory) = measuringMemory { x.quickGELULinear(weight) }
            return withExtendedLifetime(result) { memory.held }
        }
        #expect(held < 64 * 1024 * 4, "\(held) bytes beside the input")
    }

    @Test("equal parts along an axis, and their gradients")
    func split() async {
        let (parts, gradient) = await TorchThread.run {
            let x = Tensor([Float(1), 2, 3, 4, 5, 6, 7, 8], shape: [2, 4])
            x.setRequiresGradient(true)
            let parts = x.split(into: 2, -1)
            let gradient = (parts[0] * parts[1]).gradients(by: [x])[0]
            return (parts.map { ($0 + 0).array(of: Float.self) }, gradient?.array(of: Float.self))
        }
        #expect(parts == [[1, 2, 5, 6], [3, 4, 7, 8]])
        #expect(gradient == [3, 4, 1, 2, 7, 8, 5, 6])
    }
}
