/// Everything about a checkpoint that does not fit the model, in one error.
public struct ParameterError: Error, Equatable, CustomStringConvertible {
    /// One tensor that does not fit.
    public struct Mismatch: Sendable, Equatable, CustomStringConvertible {
        /// The parameter's name.
        public let name: String
        /// What the model wants.
        public let expected: String
        /// What the checkpoint has.
        public let found: String

        /// The name and both sides.
        public var description: String { "\(name): the model has \(expected), the checkpoint \(found)" }
    }

    /// Names that the model declares and the checkpoint lacks, sorted.
    public var missing: [String] = []
    /// Names that the checkpoint has and the model does not declare, sorted.
    public var unexpected: [String] = []
    /// Parameters with another shape or an unusable element type, sorted by name.
    public var mismatched: [Mismatch] = []
    /// Names that the model declares twice, sorted: a mistake of the model's author.
    public var duplicates: [String] = []

    var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty && duplicates.isEmpty }

    /// A sentence for each kind of problem, with at most eight names each.
    public var description: String {
        var parts: [String] = []
        func add(_ title: String, _ items: [String]) {
            guard !items.isEmpty else { return }
            let rest = items.count > 8 ? " and \(items.count - 8) more" : ""
            parts.append("\(title): \(items.prefix(8).joined(separator: ", "))\(rest)")
        }
        add("missing", missing)
        add("not part of the model", unexpected)
        add("of another shape or type", mismatched.map(\.description))
        add("declared twice", duplicates)
        return "the checkpoint does not fit the model; " + parts.joined(separator: "; ")
    }
}

extension ParameterError {
    /// Compares the names and shapes of a saved state with those of the one that takes it up.
    ///
    /// - Parameters:
    ///   - saved: tensors by name.
    ///   - own: tensors by name.
    /// - Throws: everything that does not fit.
    package static func check(_ saved: [String: Tensor], against own: [String: Tensor]) throws(ParameterError) {
        var problems = ParameterError()
        problems.missing = own.keys.filter { saved[$0] == nil }.sorted()
        problems.unexpected = saved.keys.filter { own[$0] == nil }.sorted()
        for (name, tensor) in own.sorted(by: { $0.key < $1.key }) {
            guard let found = saved[name], found.shape != tensor.shape else { continue }
            problems.mismatched.append(.init(name: name, expected: "\(tensor.shape)", found: "\(found.shape)"))
        }
        guard problems.isEmpty else { throw problems }
    }
}
