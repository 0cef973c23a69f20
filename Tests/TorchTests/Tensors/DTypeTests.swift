import Foundation
import Testing
import Torch

@Suite("Element types")
struct DTypeTests {
    @Test("names are PyTorch's and survive encoding", arguments: DType.allCases)
    func names(_ dtype: DType) throws {
        #expect(DType(rawValue: dtype.rawValue) == dtype)
        let data = try JSONEncoder().encode([dtype])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(dtype)\"]")
        #expect(try JSONDecoder().decode([DType].self, from: data) == [dtype])
    }

    @Test("other names are refused", arguments: ["", "float", "Float32", "complex64", "torch.float32"])
    func unknown(_ name: String) { #expect(DType(rawValue: name) == nil) }

    @Test("sizes and kinds")
    func sizes() {
        #expect(
            DType.allCases.map(\.byteCount) == [4, 8, 2, 2, 8, 4, 2, 1, 1, 1])
        #expect(DType.allCases.filter(\.isFloatingPoint) == [.float32, .float64, .float16, .bfloat16])
    }

    @Test("what every type can hold goes in and comes out", arguments: DType.allCases)
    func roundTrip(_ dtype: DType) {
        let values =
            dtype == .bool ? [0, 1, 1, 0, 1, 0] : dtype == .uint8 ? [0, 1, 2, 100, 127, 3] : [0, 1, -2, 100, -127, 3]
        let tensor = Tensor(values, shape: [2, 3]).to(dtype: dtype)
        #expect(tensor.dtype == dtype && tensor.shape == [2, 3])
        #expect(tensor.array() == values)
        #expect(tensor.array() == values.map(Double.init))
        #expect(tensor.array() == values.map { $0 != 0 })
        tensor.withBytes { #expect($0.count == 6 * dtype.byteCount) }
        let copy = tensor.withBytes { Tensor(bytes: $0, shape: [2, 3], dtype: dtype) }
        #expect(copy.dtype == dtype && copy.array() == values)
        #expect(Tensor.full([2], 1, dtype: dtype).array() == [1, 1])
        #expect(Tensor([Int](), shape: [0, 4]).to(dtype: dtype).array(of: Float.self).isEmpty)
    }

    @Test("each Swift type has its dtype and keeps its extremes")
    func elements() {
        func check<Element: TensorElement & Equatable>(_ values: [Element], _ dtype: DType) {
            let tensor = Tensor(values)
            #expect(tensor.dtype == dtype && tensor.shape == [values.count])
            #expect(tensor.array() == values)
            #expect(Tensor(values[0]).item() == values[0])
        }
        check([Float.pi, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity], .float32)
        check([Double.pi, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity], .float64)
        check([Int.min, .max, 0], .int64)
        check([Int64.min, .max, 0], .int64)
        check([Int32.min, .max, 0], .int32)
        check([Int16.min, .max, 0], .int16)
        check([Int8.min, .max, 0], .int8)
        check([UInt8.min, .max, 7], .uint8)
        check([true, false, true], .bool)
        #expect(Tensor([Double.nan]).array(of: Double.self)[0].isNaN)
    }
}
