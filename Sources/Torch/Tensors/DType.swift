internal import CTorch

/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable, Codable {
    /// 32-bit floating point.
    case float32
    /// 64-bit floating point.
    case float64
    /// 16-bit IEEE floating point.
    case float16
    /// 16-bit floating point with an 8-bit exponent.
    case bfloat16
    /// 64-bit integer.
    case int64
    /// 32-bit integer.
    case int32
    /// 16-bit integer.
    case int16
    /// 8-bit integer.
    case int8
    /// 8-bit unsigned integer.
    case uint8
    /// Truth value, one byte.
    case bool

    /// The size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// Whether elements are floating-point numbers.
    public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        case .int64, .int32, .int16, .int8, .uint8, .bool: false
        }
    }

    var code: ct_dtype {
        switch self {
        case .float32: CT_FLOAT32
        case .float64: CT_FLOAT64
        case .float16: CT_FLOAT16
        case .bfloat16: CT_BFLOAT16
        case .int64: CT_INT64
        case .int32: CT_INT32
        case .int16: CT_INT16
        case .int8: CT_INT8
        case .uint8: CT_UINT8
        case .bool: CT_BOOL
        }
    }

    init(code: Int32) {
        guard let match = Self.allCases.first(where: { Int32($0.code.rawValue) == code }) else {
            fatalError("a tensor has a dtype that Verb does not use")
        }
        self = match
    }
}

/// A Swift type whose values can be the elements of a tensor.
public protocol TensorElement: Sendable {
    /// The dtype that has the same layout in memory.
    static var dtype: DType { get }
}

extension Float: TensorElement {
    /// 32-bit floating point.
    public static var dtype: DType { .float32 }
}

extension Double: TensorElement {
    /// 64-bit floating point.
    public static var dtype: DType { .float64 }
}

extension Int64: TensorElement {
    /// 64-bit integer.
    public static var dtype: DType { .int64 }
}

extension Int: TensorElement {
    /// 64-bit integer, on the 64-bit systems that Verb runs on.
    public static var dtype: DType { .int64 }
}

extension Int32: TensorElement {
    /// 32-bit integer.
    public static var dtype: DType { .int32 }
}

extension Int16: TensorElement {
    /// 16-bit integer.
    public static var dtype: DType { .int16 }
}

extension Int8: TensorElement {
    /// 8-bit integer.
    public static var dtype: DType { .int8 }
}

extension UInt8: TensorElement {
    /// 8-bit unsigned integer.
    public static var dtype: DType { .uint8 }
}

extension Bool: TensorElement {
    /// Truth value, one byte.
    public static var dtype: DType { .bool }
}
