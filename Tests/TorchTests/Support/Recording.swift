import Foundation
import Testing
import Torch

/// PyTorch's numbers in `Tests/Fixtures/torch`, written by `scripts/record-torch-fixtures.py`.
struct Recording<Case: Decodable & Sendable>: Decodable {
    let torch: String
    let cases: [Case]

    static func load(_ name: String) -> [Case] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/torch")
        do {
            return try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appending(path: name))).cases
        } catch {
            fatalError("\(name): \(error)")
        }
    }
}

/// A tensor as JSON.
struct RecordedTensor: Decodable, Sendable {
    let dtype: DType
    let shape: [Int]
    let values: [Double]

    /// A new tensor with these values.
    var tensor: Tensor { Tensor(values, shape: shape).to(dtype: dtype) }
}
