internal import Torch

extension FeatureCache {
    /// Puts a tensor among those of a file in the manifest's way of keeping numbers.
    func pack(
        _ tensor: Tensor, as name: String, into tensors: inout [String: Tensor], path: String
    ) throws(TrainingError) {
        let kept: [(String, Tensor)] = withoutGradient {
            switch manifest.storage {
            case .float32: return [(name, tensor.to(dtype: .float32))]
            case .float16: return [(name, tensor.to(dtype: .float16))]
            case .int8:
                let values = tensor.to(dtype: .float32)
                let scale = values.abs.max(-1, keepingAxes: true)
                let codes = (values / scale.clamped(to: 1e-30...1e38) * 127.0).rounded
                return [(name, codes.to(dtype: .int8)), (name + ".scale", scale)]
            }
        }
        for (name, tensor) in kept {
            guard !tensor.dtype.isFloatingPoint || tensor.isFinite.allTrue else {
                throw .features(path: path, .notFinite)
            }
            tensors[name] = tensor
        }
    }

    /// Takes a tensor of a file out of the manifest's way of keeping numbers.
    func unpack(
        _ name: String, _ shape: [Int], _ tensors: [String: Tensor], path: String
    ) throws(TrainingError) -> Tensor {
        func stored(_ name: String, _ dtype: DType, _ shape: [Int]) throws(TrainingError) -> Tensor {
            guard let tensor = tensors[name], tensor.shape == shape, tensor.dtype == dtype else {
                let found = tensors[name].map { "\($0.dtype.rawValue) \($0.shape)" } ?? "nothing"
                throw .features(path: path, .damaged("\(name) is \(found) instead of \(dtype.rawValue) \(shape)"))
            }
            guard !dtype.isFloatingPoint || tensor.isFinite.allTrue else {
                throw .features(path: path, .damaged("\(name) has values that are not finite"))
            }
            return tensor
        }
        switch manifest.storage {
        case .float32: return try stored(name, .float32, shape)
        case .float16: return try stored(name, .float16, shape)
        case .int8:
            let codes = try stored(name, .int8, shape)
            let scale = try stored(name + ".scale", .float32, shape.dropLast() + [1])
            return codes.to(dtype: .float32) * (scale / 127)
        }
    }
}
