import Foundation
import Testing
import Torch

@Suite("Loss scaling")
struct LossScalerTests {
    private func make() throws -> (w: Tensor, idle: Tensor, trained: TrainedParameters) {
        let (pair, parameters) = try Parameters.build(.checkpoint(["w": Tensor([1.0, 2]), "idle": Tensor(1.0)])) {
            ($0.parameter("w", 2, initial: .zeros), $0.parameter("idle", initial: .zeros))
        }
        return (pair.0, pair.1, parameters.train { _ in true })
    }

    @Test("gradients come back unscaled, and a parameter without one is left alone")
    func unscaling() throws {
        let (w, idle, trained) = try make()
        var scaler = LossScaler(scale: 1024)
        let loss = (w * Tensor([3.0, 4])).sum()
        #expect(scaler.scaled(loss).item(Double.self) == 11 * 1024)
        scaler.scaled(loss).backward()
        #expect(w.gradient?.array() == [3.0 * 1024, 4 * 1024])
        let isGood = scaler.unscaleGradients(of: trained)
        #expect(isGood)
        #expect(w.gradient?.array() == [3.0, 4])
        #expect(idle.gradient == nil)
        #expect(scaler.scale == 1024)
        #expect(scaler.goodSteps == 1)
    }

    @Test("a step that is not finite is left out and the scale halved", arguments: [Double.infinity, -.infinity, .nan])
    func overflow(_ value: Double) throws {
        let (w, _, trained) = try make()
        var scaler = LossScaler(scale: 8)
        (w * Tensor([1, value])).sum().backward()
        let isGood = scaler.unscaleGradients(of: trained)
        #expect(!isGood)
        #expect(scaler.scale == 4)
        #expect(scaler.goodSteps == 0)
    }

    @Test("the scale doubles after enough good steps in a row, and a bad one counts from the start")
    func growth() throws {
        let (w, _, trained) = try make()
        var scaler = LossScaler(scale: 4)
        scaler.interval = 3
        var scales: [Double] = []
        for isGood in [true, true, true, true, true, false, true, true, true, true] {
            trained.clearGradients()
            (w * Tensor([1, isGood ? 1 : .infinity])).sum().backward()
            let found = scaler.unscaleGradients(of: trained)
            #expect(found == isGood)
            scales.append(scaler.scale)
        }
        #expect(scales == [4, 4, 8, 8, 8, 4, 4, 4, 8, 8])
    }

    @Test("the scale does not grow out of float32")
    func limit() throws {
        let (w, _, trained) = try make()
        var scaler = LossScaler(scale: pow(2, 127))
        scaler.interval = 1
        w.sum().backward()
        let isGood = scaler.unscaleGradients(of: trained)
        #expect(isGood)
        #expect(scaler.scale == pow(2, 127))
    }

    @Test("without any gradient a step is good")
    func nothing() throws {
        var scaler = LossScaler()
        #expect(scaler.scale == 65_536)
        let trained = try make().trained
        let isGood = scaler.unscaleGradients(of: trained)
        #expect(isGood)
    }

    @Test("a scaler goes through JSON")
    func coding() throws {
        var scaler = LossScaler(scale: 32)
        scaler.interval = 7
        let trained = try make().trained
        _ = scaler.unscaleGradients(of: trained)
        #expect(try JSONDecoder().decode(LossScaler.self, from: JSONEncoder().encode(scaler)) == scaler)
    }
}
