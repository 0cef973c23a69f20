import Testing
import Torch

@Suite("The gradient check itself")
struct GradientCaseTests {
    @Test("sees a wrong gradient, and one that is missing")
    func wrong() {
        withKnownIssue { GradientCase("half the gradient", [3]) { $0[0].detached() * $0[0] }.check() }
        withKnownIssue { GradientCase("one of two inputs", [3], [3]) { $0[0] + $0[1].detached() }.check() }
        withKnownIssue { GradientCase("none", [3]) { $0[0].detached() }.check() }
    }
}
