internal import CTorch

extension Tensor {
    /// Each element's exponential.
    public var exp: Tensor { Tensor(owning: ct_exp(handle), "exp \(shape)") }

    /// Each element's natural logarithm.
    public var log: Tensor { Tensor(owning: ct_log(handle), "log \(shape)") }

    /// Each element's square root.
    public var sqrt: Tensor { Tensor(owning: ct_sqrt(handle), "sqrt \(shape)") }

    /// One over each element's square root.
    public var rsqrt: Tensor { Tensor(owning: ct_rsqrt(handle), "rsqrt \(shape)") }

    /// Each element's magnitude.
    public var abs: Tensor { Tensor(owning: ct_abs(handle), "abs \(shape)") }

    /// Each element's sine.
    public var sin: Tensor { Tensor(owning: ct_sin(handle), "sin \(shape)") }

    /// Each element's cosine.
    public var cos: Tensor { Tensor(owning: ct_cos(handle), "cos \(shape)") }

    /// Each element's hyperbolic tangent.
    public var tanh: Tensor { Tensor(owning: ct_tanh(handle), "tanh \(shape)") }

    /// The logistic function `1 / (1 + exp(-x))`.
    public var sigmoid: Tensor { Tensor(owning: ct_sigmoid(handle), "sigmoid \(shape)") }

    /// The rectifier `max(x, 0)`.
    public var relu: Tensor { Tensor(owning: ct_relu(handle), "relu \(shape)") }

    /// The swish `x * sigmoid(x)`.
    public var silu: Tensor { Tensor(owning: ct_silu(handle), "silu \(shape)") }

    /// Each element rounded to the nearest integer, halves to even.
    public var rounded: Tensor { Tensor(owning: ct_round(handle), "rounded \(shape)") }

    /// Each element's largest integer not above it.
    public var floored: Tensor { Tensor(owning: ct_floor(handle), "floored \(shape)") }

    /// Which elements are neither infinite nor NaN.
    public var isFinite: Tensor { Tensor(owning: ct_isfinite(handle), "isFinite \(shape)") }

    /// The logical opposite of each element.
    public var inverted: Tensor { Tensor(owning: ct_logical_not(handle), "inverted \(shape)") }

    /// The Gaussian error linear unit `x * Φ(x)`, exact (erf).
    public var gelu: Tensor { Tensor(owning: ct_gelu(handle, false), "gelu \(shape)") }

    /// The tanh approximation of GELU.
    public var tanhGELU: Tensor { Tensor(owning: ct_gelu(handle, true), "gelu \(shape)") }

    /// OpenAI's fast approximation of GELU, `x * sigmoid(1.702 x)`.
    ///
    /// Source: openai/CLIP `clip/model.py`, `QuickGELU`.
    public var quickGELU: Tensor { Tensor(owning: ct_quick_gelu(handle), "quickGELU \(shape)") }

    /// Each element raised to a power.
    ///
    /// - Parameter exponent: the power.
    /// - Returns: a tensor of the same shape.
    public func pow(_ exponent: Double) -> Tensor { Tensor(owning: ct_pow_scalar(handle, exponent), "pow \(shape)") }

    /// Each element brought into a range.
    ///
    /// - Parameter range: both ends included.
    /// - Returns: a tensor of the same shape.
    public func clamped(to range: ClosedRange<Double>) -> Tensor {
        Tensor(owning: ct_clamp(handle, range.lowerBound, range.upperBound), "clamp \(shape)")
    }

    /// Each element divided and rounded down.
    ///
    /// - Parameter divisor: the divisor.
    /// - Returns: a tensor of the same shape.
    public func floorDivided(by divisor: Double) -> Tensor {
        Tensor(owning: ct_floor_divide(handle, divisor), "floorDivided \(shape)")
    }

    /// The remainder of the floored division, with the divisor's sign.
    ///
    /// - Parameter divisor: the divisor.
    /// - Returns: a tensor of the same shape.
    public func remainder(by divisor: Double) -> Tensor {
        Tensor(owning: ct_remainder(handle, divisor), "remainder \(shape)")
    }
}

extension Tensor {
    /// Adds element by element, with broadcasting.
    ///
    /// - Parameters:
    ///   - a: the left side.
    ///   - b: the right side.
    /// - Returns: a tensor of the common shape.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        Tensor(owning: ct_add(a.handle, b.handle), "\(a.shape) + \(b.shape)")
    }

    /// Subtracts element by element, with broadcasting.
    ///
    /// - Parameters:
    ///   - a: the left side.
    ///   - b: the right side.
    /// - Returns: a tensor of the common shape.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        Tensor(owning: ct_sub(a.handle, b.handle), "\(a.shape) - \(b.shape)")
    }

    /// Multiplies element by element, with broadcasting.
    ///
    /// - Parameters:
    ///   - a: the left side.
    ///   - b: the right side.
    /// - Returns: a tensor of the common shape.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        Tensor(owning: ct_mul(a.handle, b.handle), "\(a.shape) * \(b.shape)")
    }

    /// Divides element by element, with broadcasting.
    ///
    /// - Parameters:
    ///   - a: the left side.
    ///   - b: the right side.
    /// - Returns: a tensor of the common shape.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        Tensor(owning: ct_div(a.handle, b.handle), "\(a.shape) / \(b.shape)")
    }

    /// Adds a number to each element.
    ///
    /// - Parameters:
    ///   - a: the tensor.
    ///   - b: the number.
    /// - Returns: a tensor of the same shape.
    public static func + (a: Tensor, b: Double) -> Tensor {
        Tensor(owning: ct_add_scalar(a.handle, b), "\(a.shape) + \(b)")
    }

    /// Subtracts a number from each element.
    ///
    /// - Parameters:
    ///   - a: the tensor.
    ///   - b: the number.
    /// - Returns: a tensor of the same shape.
    public static func - (a: Tensor, b: Double) -> Tensor {
        Tensor(owning: ct_add_scalar(a.handle, -b), "\(a.shape) - \(b)")
    }

    /// Multiplies each element by a number.
    ///
    /// - Parameters:
    ///   - a: the tensor.
    ///   - b: the number.
    /// - Returns: a tensor of the same shape.
    public static func * (a: Tensor, b: Double) -> Tensor {
        Tensor(owning: ct_mul_scalar(a.handle, b), "\(a.shape) * \(b)")
    }

    /// Divides each element by a number.
    ///
    /// - Parameters:
    ///   - a: the tensor.
    ///   - b: the number.
    /// - Returns: a tensor of the same shape.
    public static func / (a: Tensor, b: Double) -> Tensor {
        Tensor(owning: ct_div_scalar(a.handle, b), "\(a.shape) / \(b)")
    }

    /// Multiplies each element by a number.
    ///
    /// - Parameters:
    ///   - a: the number.
    ///   - b: the tensor.
    /// - Returns: a tensor of the same shape.
    public static func * (a: Double, b: Tensor) -> Tensor { b * a }

    /// Subtracts each element from a number.
    ///
    /// - Parameters:
    ///   - a: the number.
    ///   - b: the tensor.
    /// - Returns: a tensor of the same shape.
    public static func - (a: Double, b: Tensor) -> Tensor { -b + a }

    /// Changes each element's sign.
    ///
    /// - Parameter a: the tensor.
    /// - Returns: a tensor of the same shape.
    public static prefix func - (a: Tensor) -> Tensor { Tensor(owning: ct_neg(a.handle), "-\(a.shape)") }

    /// The larger of two elements, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func maximum(_ other: Tensor) -> Tensor {
        Tensor(owning: ct_maximum(handle, other.handle), "maximum \(shape), \(other.shape)")
    }

    /// The smaller of two elements, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func minimum(_ other: Tensor) -> Tensor {
        Tensor(owning: ct_minimum(handle, other.handle), "minimum \(shape), \(other.shape)")
    }

    /// Where two tensors hold the same value, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func equal(to other: Tensor) -> Tensor {
        Tensor(owning: ct_eq(handle, other.handle), "equal \(shape), \(other.shape)")
    }

    /// Where the left element is smaller, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func less(than other: Tensor) -> Tensor {
        Tensor(owning: ct_lt(handle, other.handle), "less \(shape), \(other.shape)")
    }

    /// Where the left element is not larger, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func lessOrEqual(to other: Tensor) -> Tensor {
        Tensor(owning: ct_le(handle, other.handle), "lessOrEqual \(shape), \(other.shape)")
    }

    /// Where both elements are not zero, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func and(_ other: Tensor) -> Tensor {
        Tensor(owning: ct_logical_and(handle, other.handle), "and \(shape), \(other.shape)")
    }

    /// Where one of the elements is not zero, with broadcasting.
    ///
    /// - Parameter other: the second tensor.
    /// - Returns: a tensor of the common shape.
    public func or(_ other: Tensor) -> Tensor {
        Tensor(owning: ct_logical_or(handle, other.handle), "or \(shape), \(other.shape)")
    }

    /// Where elements equal a number.
    ///
    /// - Parameter number: the number.
    /// - Returns: truth values of the same shape.
    public func equal(to number: Double) -> Tensor {
        Tensor(owning: ct_eq_scalar(handle, number), "equal \(shape)")
    }

    /// Where elements are smaller than a number.
    ///
    /// - Parameter number: the number.
    /// - Returns: truth values of the same shape.
    public func less(than number: Double) -> Tensor {
        Tensor(owning: ct_lt_scalar(handle, number), "less \(shape)")
    }

    /// Where elements are larger than a number.
    ///
    /// - Parameter number: the number.
    /// - Returns: truth values of the same shape.
    public func greater(than number: Double) -> Tensor {
        Tensor(owning: ct_gt_scalar(handle, number), "greater \(shape)")
    }

    /// Chooses elements of two tensors by this tensor's truth values, with broadcasting.
    ///
    /// - Parameters:
    ///   - a: taken where this tensor is true.
    ///   - b: taken elsewhere.
    /// - Returns: a tensor of the common shape.
    public func choosing(_ a: Tensor, else b: Tensor) -> Tensor {
        Tensor(owning: ct_where(handle, a.handle, b.handle), "choose \(shape), \(a.shape), \(b.shape)")
    }

    /// Replaces elements where a mask is true.
    ///
    /// - Parameters:
    ///   - mask: truth values, broadcast to this tensor.
    ///   - value: the new value.
    /// - Returns: a tensor of the same shape.
    public func filled(where mask: Tensor, with value: Double) -> Tensor {
        Tensor(owning: ct_masked_fill(handle, mask.handle, value), "fill \(shape) where \(mask.shape)")
    }
}
