import Foundation
import Testing
import Torch
import Training

@Suite("Weights between start and tuned")
struct WeightInterpolationTests {
    private let start: [String: Tensor] = [
        "a": Tensor([Float(1), 2, 3]), "b": Tensor([Float(0.1)]).to(dtype: .bfloat16), "n": Tensor([Int64(4)]),
    ]
    private let tuned: [String: Tensor] = [
        "a": Tensor([Float(3), 2, -1]), "b": Tensor([Float(0.7)]).to(dtype: .bfloat16), "n": Tensor([Int64(9)]),
    ]

    @Test("by hand; whole numbers are the tuned model's")
    func values() throws {
        let line = try WeightInterpolation(from: start, to: tuned)
        let middle = try line.weights(at: 0.25)
        #expect(middle["a"]?.array(of: Float.self) == [1.5, 2, 2])
        #expect(middle["n"]?.array(of: Int64.self) == [9] && middle["n"]?.dtype == .int64)
        #expect(middle["b"]?.dtype == .bfloat16 && middle.count == 3)
    }

    @Test("the ends are exact and share no memory with the models")
    func ends() throws {
        let line = try WeightInterpolation(from: start, to: tuned)
        for (coefficient, end) in [(0.0, start), (1, tuned)] {
            let weights = try line.weights(at: coefficient)
            for name in ["a", "b"] {
                #expect(weights[name]?.array(of: Float.self) == end[name]?.array(of: Float.self), "\(name)")
            }
        }
        let huge = ["a": Tensor([Float.greatestFiniteMagnitude, .infinity])]
        let back = try WeightInterpolation(from: huge, to: ["a": Tensor([Float(0), 0])]).weights(at: 1)
        #expect(back["a"]?.array(of: Float.self) == [0, 0])
    }

    @Test("sets of other names, shapes or kinds are refused, with all that differs")
    func refused() throws {
        var other = tuned
        other["a"] = Tensor([Float(1)])
        other["n"] = Tensor([Float(1)])
        other["c"] = other.removeValue(forKey: "b")
        let error = #expect(throws: TrainingError.self) { try WeightInterpolation(from: start, to: other) }
        guard case .otherWeights(let mismatch)? = error else {
            Issue.record("another error")
            return
        }
        #expect(mismatch.names == ["a", "b", "c", "n"])
        #expect(error?.description.contains("b is in the start only") == true)
        #expect(error?.description.contains("a has [3] at the start and [1] tuned") == true)
    }

    @Test("coefficients outside are refused", arguments: [-0.1, 1.1, .nan, .infinity])
    func coefficients(_ coefficient: Double) throws {
        let line = try WeightInterpolation(from: start, to: tuned)
        #expect(throws: TrainingError.self) { try line.weights(at: coefficient) }
    }

    @Test("a curve runs from the start to the tuned weights")
    func curve() throws {
        let curve = InterpolationCurve([
            .init(coefficient: 1, supervised: 0.9, zeroShot: nil),
            .init(coefficient: 0, supervised: 0.5, zeroShot: 0.6),
        ])
        #expect(curve.points.map(\.coefficient) == [0, 1])
        #expect(try JSONDecoder().decode(InterpolationCurve.self, from: JSONEncoder().encode(curve)) == curve)
    }
}
