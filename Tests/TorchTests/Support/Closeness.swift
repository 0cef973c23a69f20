import Testing
import Torch

/// Expects equal shapes and, for each element, `|a - b| <= absolute + relative * |b|`.
///
/// Equal infinities are close; NaN never is. The failure names the worst element and both values.
func expectClose(
    _ found: Tensor, _ expected: Tensor, absolute: Double = 1e-10, relative: Double = 1e-9, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard found.shape == expected.shape else {
        Issue.record("\(name): shape \(found.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let (a, b) = (found.array(of: Double.self), expected.array(of: Double.self))
    let excess = zip(a, b).map { a, b in
        if a == b { return -Double.infinity }
        let excess = abs(a - b) - absolute - relative * abs(b)
        return excess.isNaN ? Double.infinity : excess
    }
    guard let worst = excess.indices.max(by: { excess[$0] < excess[$1] }), excess[worst] > 0 else { return }
    Issue.record(
        "\(name): element \(worst) of shape \(found.shape) is \(a[worst]), expected \(b[worst])",
        sourceLocation: sourceLocation)
}
