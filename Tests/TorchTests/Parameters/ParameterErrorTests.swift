import Testing
import Torch

@Suite("Reports of what does not fit")
struct ParameterErrorTests {
    @Test("one error lists everything that does not fit")
    func report() throws {
        let tensors = ["a.weight": Tensor.zeros([3, 2]), "c": Tensor.zeros([1]), "b": Tensor([Int64(1)], shape: [1])]
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { scope in
                (Linear(scope / "a", 3, 2), scope.parameter("b", 1, initial: .zeros))
            }
        }
        let found = try #require(error)
        #expect(found.missing == ["a.bias"])
        #expect(found.unexpected == ["c"])
        #expect(found.mismatched.map(\.name) == ["a.weight", "b"])
        #expect(found.duplicates.isEmpty)
        #expect(
            found.description == """
                the checkpoint does not fit the model; missing: a.bias; not part of the model: c; of another shape or \
                type: a.weight: the model has [2, 3], the checkpoint [3, 2], b: the model has [1], the checkpoint [1] \
                of int64
                """)
    }

    @Test("each list is sorted, whatever the order of declaration")
    func sorted() throws {
        let wrong = ["y", "x"].reduce(into: [String: Tensor]()) { $0[$1] = .zeros([9]) }
        let extra = ["q", "p"].reduce(into: wrong) { $0[$1] = .zeros([1]) }
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(extra)) { scope in
                for name in ["n", "y", "m", "x", "m", "n"] { _ = scope.parameter(name, 1, initial: .zeros) }
            }
        }
        let found = try #require(error)
        #expect(found.unexpected == ["p", "q"])
        #expect(found.mismatched.map(\.name) == ["x", "y"])
        #expect(found.duplicates == ["m", "n"])
        #expect(Set(found.missing) == ["m", "n"])
    }

    @Test(
        "equal numbers of elements are no fit: nothing is reshaped or broadcast",
        arguments: [[1], [], [4, 1], [2, 2]])
    func noBroadcast(_ shape: [Int]) {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(["w": .zeros(shape)])) { $0.parameter("w", 4, initial: .zeros) }
        }
        #expect(error?.mismatched.map(\.found) == ["\(shape)"])
    }

    @Test("truth values and integers are no parameters", arguments: DType.allCases.filter { !$0.isFloatingPoint })
    func integers(_ dtype: DType) {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(["w": .zeros([4], dtype: dtype)])) {
                $0.parameter("w", 4, initial: .zeros)
            }
        }
        #expect(error?.mismatched.map(\.description) == ["w: the model has [4], the checkpoint [4] of \(dtype)"])
    }

    @Test("a name declared twice is an error even without a checkpoint")
    func duplicates() {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.random()) { scope in (Linear(scope / "a", 1, 1), Linear(scope / "a", 1, 1)) }
        }
        #expect(error?.duplicates == ["a.bias", "a.weight"])
        #expect(error?.description.contains("declared twice: a.bias, a.weight") == true)
    }

    @Test("long lists are cut with their number")
    func long() {
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint([:])) { scope in
                for index in 10..<21 { _ = scope.parameter("p\(index)", 1, initial: .zeros) }
            }
        }
        #expect(error?.missing.count == 11)
        #expect(error?.description.hasSuffix("missing: p10, p11, p12, p13, p14, p15, p16, p17 and 3 more") == true)
    }
}
