/// A place in the parameter tree, where a layer declares its parameters under the names of the checkpoint.
///
///     up = Linear(scope / "c_fc", width, 4 * width)
///     blocks = (0..<layers).map { Block(scope / "resblocks" / $0, width: width, heads: heads) }
public struct Scope {
    let builder: ParameterBuilder
    /// The path of this place, its components joined by dots; empty at the root.
    public let path: String

    /// A place below this one.
    ///
    /// - Parameters:
    ///   - scope: the place.
    ///   - component: one component of the name.
    /// - Returns: the place below.
    public static func / (scope: Scope, component: String) -> Scope {
        Scope(builder: scope.builder, path: scope.name(component))
    }

    /// A numbered place below this one.
    ///
    /// - Parameters:
    ///   - scope: the place.
    ///   - index: the number.
    /// - Returns: the place below.
    public static func / (scope: Scope, index: Int) -> Scope { scope / String(index) }

    /// Declares a parameter that can be trained.
    ///
    /// - Parameters:
    ///   - name: its last component.
    ///   - shape: its shape.
    ///   - initial: its values when no checkpoint gives them.
    /// - Returns: the parameter.
    public func parameter(_ name: String, _ shape: Int..., initial: Initial) -> Tensor {
        builder.declare(self.name(name), shape, initial, role: .parameter)
    }

    /// Declares a parameter that can be trained, its shape as a list.
    ///
    /// - Parameters:
    ///   - name: its last component.
    ///   - shape: its shape.
    ///   - initial: its values when no checkpoint gives them.
    /// - Returns: the parameter.
    public func parameter(_ name: String, shape: [Int], initial: Initial) -> Tensor {
        builder.declare(self.name(name), shape, initial, role: .parameter)
    }

    /// Declares a tensor that belongs to the checkpoint but is never trained, such as a running mean.
    ///
    /// - Parameters:
    ///   - name: its last component.
    ///   - shape: its shape.
    ///   - initial: its values when no checkpoint gives them.
    /// - Returns: the buffer.
    public func buffer(_ name: String, _ shape: Int..., initial: Initial) -> Tensor {
        builder.declare(self.name(name), shape, initial, role: .buffer)
    }

    private func name(_ component: String) -> String { path.isEmpty ? component : "\(path).\(component)" }
}

/// The values of a new parameter.
public enum Initial: Sendable {
    /// Zeros.
    case zeros
    /// Ones.
    case ones
    /// One value.
    case constant(Double)
    /// Normal with mean 0 and this standard deviation.
    case normal(Double)
    /// Normal with mean 0 and this deviation, drawn again where it lies farther than two deviations from 0.
    case truncatedNormal(Double)
    /// Uniform in -bound...bound.
    case uniform(Double)
    /// PyTorch's default for linear and convolution weights, uniform within `1 / sqrt(fan in)`.
    case kaiming(fanIn: Int)
    /// Xavier's uniform, within `sqrt(6 / (fan in + fan out))`.
    case xavier(fanIn: Int, fanOut: Int)
    /// Standard normal draws reduced modulo 2, their sign kept, times this factor.
    case moduloNormal(Double)
    /// The values of another parameter, of the same shape; the two do not share storage.
    case copy(of: Tensor)

    func tensor(_ shape: [Int], _ generator: Generator) -> Tensor {
        switch self {
        case .zeros: .zeros(shape, device: generator.device)
        case .ones: .ones(shape, device: generator.device)
        case .constant(let value): .full(shape, value, device: generator.device)
        case .normal(let deviation): generator.normal(shape) * deviation
        case .truncatedNormal(let deviation): Self.truncated(shape, generator) * deviation
        case .uniform(let bound): generator.uniform(shape) * (2 * bound) - bound
        case .kaiming(let fanIn): Initial.uniform(1 / Double(max(fanIn, 1)).squareRoot()).tensor(shape, generator)
        case .xavier(let fanIn, let fanOut):
            Initial.uniform((6 / Double(max(fanIn + fanOut, 1))).squareRoot()).tensor(shape, generator)
        case .moduloNormal(let factor): generator.normal(shape).remainderKeepingSign(by: 2) * factor
        case .copy(let other): other.detached().cloned().to(device: generator.device)
        }
    }

    /// Standard normal draws within -2...2.
    private static func truncated(_ shape: [Int], _ generator: Generator) -> Tensor {
        var draws = generator.normal(shape)
        while true {
            let isFar = draws.abs.greater(than: 2)
            guard isFar.anyTrue else { return draws }
            draws = isFar.choosing(generator.normal(shape), else: draws)
        }
    }
}

extension Tensor {
    /// What is left of a division whose quotient is cut towards zero, as C's `fmod`.
    fileprivate func remainderKeepingSign(by divisor: Double) -> Tensor {
        let rest = abs.remainder(by: divisor)
        return less(than: 0).choosing(-rest, else: rest)
    }
}
