import Testing
import Torch

/// One call of an operation and what PyTorch gave.
struct RecordedOperation: Decodable, Sendable, CustomTestStringConvertible {
    /// The settings of all operations; each case has those of its own.
    struct Options: Decodable, Sendable {
        let alignCorners: Bool?
        let antialias: Bool?
        let axes: [Int]?
        let axis: Int?
        let bidirectional: Bool?
        let causal: Bool?
        let count: Int?
        let descending: Bool?
        let dilation: [Int]?
        let dtype: DType?
        let eps: Double?
        let equation: String?
        let groups: Int?
        let ignoredIndex: Int?
        let labelSmoothing: Double?
        let layers: Int?
        let logarithm: Bool?
        let mode: Interpolation?
        let number: Double?
        let padding: [Int]?
        let reduction: String?
        let scale: Double?
        let shift: Int?
        let size: Int?
        let sizes: [Int]?
        let step: Int?
        let stride: [Int]?
        let training: Bool?
        let unbiased: Bool?
    }

    let operation: String
    let name: String
    let options: Options
    let inputs: [String: RecordedTensor]
    let outputs: [String: RecordedTensor]

    var testDescription: String { "\(operation): \(name)" }

    /// Runs Verb's operation of this name on the recorded inputs; nil when there is none.
    func run() throws -> [String: Tensor]? {
        let inputs = inputs.mapValues(\.tensor)
        let x = try given(inputs["x"])
        if let result = try elementwise(x) ?? shaped(x, inputs) ?? reduced(x) ?? layer(x, inputs) ?? loss(x, inputs) {
            return ["result": result]
        }
        return try several(x, inputs)
    }

    /// What the case must name for this operation.
    private func given<Value>(_ value: Value?, sourceLocation: SourceLocation = #_sourceLocation) throws -> Value {
        try #require(value, sourceLocation: sourceLocation)
    }

    private func elementwise(_ x: Tensor) throws -> Tensor? {
        switch operation {
        case "gelu": x.gelu
        case "tanhGELU": x.tanhGELU
        case "quickGELU": x.quickGELU
        case "silu": x.silu
        case "relu": x.relu
        case "sigmoid": x.sigmoid
        case "tanh": x.tanh
        case "rounded": x.rounded
        case "floored": x.floored
        case "remainder": x.remainder(by: try given(options.number))
        case "floorDivided": x.floorDivided(by: try given(options.number))
        case "cast": x.to(dtype: try given(options.dtype))
        default: nil
        }
    }

    private func reduced(_ x: Tensor) throws -> Tensor? {
        // Variadic parameters take no array: the recorded cases have one or two axes.
        func over(_ one: (Int) -> Tensor, _ two: (Int, Int) -> Tensor) throws -> Tensor {
            let axes = try given(options.axes)
            return axes.count == 1 ? one(axes[0]) : two(axes[0], axes[1])
        }
        let unbiased = options.unbiased ?? true
        return switch operation {
        case "variance":
            try over({ x.variance($0, unbiased: unbiased) }, { x.variance($0, $1, unbiased: unbiased) })
        case "logSumExp": try over({ x.logSumExp($0) }, { x.logSumExp($0, $1) })
        case "norm": try over({ x.norm($0) }, { x.norm($0, $1) })
        case "cumulativeSum": x.cumulativeSum(try given(options.axis))
        case "argmax": x.argmax(try given(options.axis))
        case "argmin": x.argmin(try given(options.axis))
        case "argsort": x.argsort(try given(options.axis), descending: try given(options.descending))
        case "normalized": x.normalized(try given(options.axis))
        default: nil
        }
    }

    private func shaped(_ x: Tensor, _ inputs: [String: Tensor]) throws -> Tensor? {
        switch operation {
        case "padded": return x.padded(try given(options.sizes), with: try given(options.number))
        case "windows":
            return x.windows(try given(options.axis), size: try given(options.size), step: options.step ?? 1)
        case "rolled": return x.rolled(try given(options.shift), axis: try given(options.axis))
        case "repeated":
            let sizes = try given(options.sizes)
            return x.repeated(sizes[0], sizes[1], sizes[2], sizes[3])
        case "repeatedInterleaved":
            return x.repeatedInterleaved(try given(options.count), axis: try given(options.axis))
        case "diagonal":
            let axes = try given(options.axes)
            return x.diagonal(offset: try given(options.shift), axes[0], axes[1])
        case "lowerTriangle": return x.lowerTriangle(diagonal: try given(options.shift))
        case "upperTriangle": return x.upperTriangle(diagonal: try given(options.shift))
        case "gathered": return x.gathered(try given(options.axis), try given(inputs["indices"]))
        case "scattered", "scatterAdded":
            let (axis, indices) = (try given(options.axis), try given(inputs["indices"]))
            let source = try given(inputs["source"])
            return operation == "scattered"
                ? x.scattered(axis, indices, from: source) : x.scatterAdded(axis, indices, from: source)
        default: return nil
        }
    }

    private func layer(_ x: Tensor, _ inputs: [String: Tensor]) throws -> Tensor? {
        switch operation {
        case "linear": x.linear(try given(inputs["weight"]), inputs["bias"])
        case "einsum": Tensor.einsum(try given(options.equation), x, try given(inputs["y"]))
        case "layerNorm": x.layerNorm(inputs["weight"], inputs["bias"], eps: try given(options.eps))
        case "rows": x.rows(try given(inputs["indices"]))
        case "softmax": x.softmax(try given(options.axis))
        case "logSoftmax": x.logSoftmax(try given(options.axis))
        case "averagePool": x.averagePool(try given(options.size), stride: try given(options.step))
        case "attention":
            x.attention(
                try given(inputs["keys"]), try given(inputs["values"]), mask: inputs["mask"],
                isCausal: options.causal ?? false, scale: options.scale)
        case "convolution":
            x.convolution(
                try given(inputs["weight"]), inputs["bias"], stride: try given(options.stride),
                padding: try given(options.padding), dilation: try given(options.dilation),
                groups: try given(options.groups))
        case "interpolated":
            x.interpolated(
                to: try given(options.sizes), try given(options.mode),
                alignCorners: options.alignCorners ?? false, antialias: options.antialias ?? false)
        default: nil
        }
    }

    private func loss(_ x: Tensor, _ inputs: [String: Tensor]) throws -> Tensor? {
        let reductions: [String: Torch.Reduction] = ["none": .none, "mean": .mean, "sum": .sum]
        guard let target = inputs["target"] else { return nil }
        switch operation {
        case "cosineSimilarity": return x.cosineSimilarity(target)
        case "klBatchMean": return x.klDivergence(target, reduction: .sum) / Double(x.shape[0])
        default: break
        }
        let reduction = try given(reductions[try given(options.reduction)])
        switch operation {
        case "crossEntropy":
            return x.crossEntropy(
                target, weight: inputs["weight"], reduction: reduction,
                ignoredIndex: try given(options.ignoredIndex),
                labelSmoothing: try given(options.labelSmoothing))
        case "klDivergence":
            return x.klDivergence(target, isLogarithm: try given(options.logarithm), reduction: reduction)
        case "binaryCrossEntropy": return x.binaryCrossEntropy(target, reduction: reduction)
        case "squaredError": return x.squaredError(target, reduction: reduction)
        default: return nil
        }
    }

    private func several(_ x: Tensor, _ inputs: [String: Tensor]) throws -> [String: Tensor]? {
        switch operation {
        case "topK":
            let (values, indices) = x.topK(try given(options.count), axis: try given(options.axis))
            return ["values": values, "indices": indices]
        case "batchNorm":
            let (mean, variance) = (try given(inputs["mean"]), try given(inputs["variance"]))
            let result = x.batchNorm(
                inputs["weight"], inputs["bias"], mean: mean, variance: variance,
                training: try given(options.training), momentum: try given(options.number),
                eps: try given(options.eps))
            return ["result": result, "mean": mean, "variance": variance]
        case "lstm":
            let count = inputs.keys.count { $0.hasPrefix("parameter.") }
            let parameters = try (0..<count).map { try given(inputs["parameter.\($0)"]) }
            let result = x.lstm(
                hidden: try given(inputs["hidden"]), cell: try given(inputs["cell"]), parameters: parameters,
                layers: try given(options.layers), bidirectional: try given(options.bidirectional))
            return ["result": result.output, "hidden": result.hidden, "cell": result.cell]
        default: return nil
        }
    }
}

@Suite("Operations against PyTorch's numbers")
struct RecordedOperationsTests {
    @Test("every element, shape and type", arguments: Recording<RecordedOperation>.load("operations.json"))
    func values(_ recorded: RecordedOperation) throws {
        let found = try #require(try recorded.run(), "Verb has no operation \(recorded.operation)")
        #expect(found.keys.sorted() == recorded.outputs.keys.sorted())
        for (name, expected) in recorded.outputs {
            let tensor = try #require(found[name])
            #expect(tensor.dtype == expected.dtype)
            expectClose(tensor, expected.tensor, name)
        }
    }
}
