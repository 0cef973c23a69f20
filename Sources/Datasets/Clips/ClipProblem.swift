/// A setting of clips that cannot be.
package struct ClipProblem: Equatable {
    /// Where it stands, the parts apart by points.
    package let key: String
    /// What it must be.
    package let detail: String

    init(_ key: String, _ detail: String) { (self.key, self.detail) = (key, detail) }

    /// The same problem further up.
    package func below(_ key: String) -> ClipProblem { ClipProblem("\(key).\(self.key)", detail) }
}
